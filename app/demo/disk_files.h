// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Files on the disk of one container, of volumes that its pod's containers share and of Secrets that are mounted.  What was read
// once stays as it was read: nothing tells Envoy of new files.  Thread: the loop.
#include "app/demo/store.h"

#include <map>
#include <optional>
#include <set>

namespace demo {

std::string textOfFile(const std::string &path); // of this machine; "" there is none

class DiskFiles
{
public:
    // folder: the demo's temporary one.  All of them outlive this.
    DiskFiles(const Store &store, const std::string &folder, const Value &pod, const Value &container);
    std::optional<std::string> read(const std::string &path);
    bool hasCome() const; // one that was asked for and was not there then

private:
    std::optional<std::string> found(const std::string &path) const;

    const Store &m_store;
    const std::string &m_folder;
    const Value &m_pod, &m_container;
    std::map<std::string, std::string> m_read;
    std::set<std::string> m_missing;
};

} // namespace demo
