// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Makes one snapshot after another and parses only what is new: an object that still shares its bytes with the one
// before is taken as it was parsed then.  The result is makeSnapshot()'s.  Thread: one at a time.
#include "models/resources/snapshot.h"

namespace models {

class SnapshotMaker
{
public:
    SnapshotMaker();
    ~SnapshotMaker();
    SnapshotMaker(const SnapshotMaker &) = delete;
    SnapshotMaker &operator=(const SnapshotMaker &) = delete;
    std::shared_ptr<const Snapshot> make(const SnapshotInput &input);

    struct Kept;

private:
    std::unique_ptr<Kept> m_kept;
};

} // namespace models
