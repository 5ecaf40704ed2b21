# SPDX-License-Identifier: GPL-3.0-or-later
# Of the log of ctest -V: each failure with the words that it says, to the line that names its place.  Tests of one log run side by side,
# each with its number before its lines.
BEGIN { most = 40 } # lines of one failure
{ test = match($0, /^[0-9]+: /) ? substr($0, 1, RLENGTH) : "" }
/^[0-9]+: FAIL!/ { left[test] = most; last[test] = "   Loc:" }
/^[0-9]+: .*: Failure$/ { left[test] = 8; last[test] = "\\[  FAILED  \\]" }
/^[0-9]+: (\[  FAILED  \]|QFATAL)/ { if (!left[test]) print }
left[test] > 0 {
    print
    left[test] = ($0 ~ last[test]) ? 0 : left[test] - 1
}
