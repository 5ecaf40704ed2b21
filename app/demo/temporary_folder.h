// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A private folder for one run, removed with it.  Runs that were killed leave theirs behind: the next one
// sweeps them away, by the process number that each folder holds.
#include "edge/result.h"

namespace demo {

class TemporaryFolder
{
public:
    TemporaryFolder() = default;
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
    edge::Result<void> create();
    const std::string &path() const { return m_path; }

private:
    std::string m_path;
};

} // namespace demo
