#!/usr/bin/env bash
# Every C++ file is as clang-format 14 would write it (other versions differ in details).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v clang-format-14 >/dev/null || exit 77
find domain infra gateway services tests bench docs/examples -name '*.[ch]pp' -print0 |
    xargs -0 clang-format-14 --dry-run -Werror
