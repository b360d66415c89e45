#!/bin/sh
# Brings the translation files up to date with the strings in app/desktop.
cd "$(dirname "$0")/../.." || exit 1
for language in en de; do
  /usr/lib/qt6/bin/lupdate -silent -no-obsolete -I . -locations none app/desktop \
    -source-language en -target-language "$language" -ts "resources/translations/sancho_$language.ts"
done
