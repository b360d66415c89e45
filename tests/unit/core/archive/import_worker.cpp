// Imports a mailbox, to be killed at any moment by import_test: import_worker ARCHIVE MAILBOX
#include <exception>
#include <iostream>

#include "core/archive/import_job.h"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  try {
    sancho::core::Archive archive(arguments[1]);
    sancho::core::import_mailboxes(archive, {arguments[2]}, {});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
