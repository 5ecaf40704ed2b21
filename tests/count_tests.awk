# SPDX-License-Identifier: GPL-3.0-or-later
# Reads the log of `ctest -V` and prints "N passed, N failed, N skipped": test functions and rows, not programs, from Qt Test's and
# GoogleTest's own lines.  A program that prints none of them counts once, by ctest's verdict; one that dies counts as one failure;
# a class that is skipped as a whole (in initTestCase) as one that is skipped.
match($0, /^[0-9]+: /) {
    id = $1 + 0
    line = substr($0, RLENGTH + 1)
    if (line ~ /^(PASS|XFAIL) *: .*::(initTestCase|cleanupTestCase)\(\)/)
        next
    if (line ~ /^(PASS|XFAIL) *:/ || line ~ /^\[       OK \]/) {
        pass++
        inner[id]++
    } else if (line ~ /^(FAIL!|XPASS) *:/ || line ~ /^\[  FAILED  \] .*\([0-9]+ ms\)/) {
        fail++
        inner[id]++
        broken[id]++
    } else if (line ~ /^SKIP *:/ || line ~ /^\[  SKIPPED \] .*\([0-9]+ ms\)/) {
        skip++
        inner[id]++
    }
}
# the verdict stands behind the name, or on a line of its own
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
    match($0, /#[0-9]+/)
    test = substr($0, RSTART + 1, RLENGTH - 1) + 0
    waiting = 1
}
waiting && /Passed|Failed|Skipped|Timeout|Exception|Not Run/ {
    waiting = 0
    if ($0 ~ /Passed/) {
        if (!inner[test])
            pass++
    } else if ($0 ~ /Skipped/)
        skip++
    else if (!broken[test])
        fail++
}
END { printf "%d passed, %d failed, %d skipped\n", pass, fail, skip }
