# What the measurements share; sourced.

# The value of a key in one JSON object on standard input.
key() { tr -d ' \n' | grep -o "\"$1\":[^,}]*" | head -1 | cut -d: -f2; }

# unpack FOLDER NAME INTO: prints the paths of NAME's own mail and, where there is one, of its inbox
# (NAME.mbox.xz or NAME.mbox, NAME-inbox likewise), unpacked in INTO unless they are there already.
unpack() {
  local mailbox file
  for mailbox in "$2" "$2-inbox"; do
    file=$3/$mailbox.mbox
    if [ ! -e "$file" ] && [ -f "$1/$mailbox.mbox.xz" ]; then
      xz -dc "$1/$mailbox.mbox.xz" >"$file.new" && mv "$file.new" "$file"
    elif [ ! -e "$file" ] && [ -f "$1/$mailbox.mbox" ]; then
      cp "$1/$mailbox.mbox" "$file"
    fi
    [ ! -e "$file" ] || echo "$file"
  done
}
