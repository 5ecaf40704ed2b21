// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/disk_files.h"

#include "app/demo/base64.h"
#include "app/demo/volumes.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace demo {

std::string textOfFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

DiskFiles::DiskFiles(const Store &store, const std::string &folder, const Value &pod, const Value &container)
    : m_store(store)
    , m_folder(folder)
    , m_pod(pod)
    , m_container(container)
{
}

std::optional<std::string> DiskFiles::read(const std::string &path)
{
    if (const auto known = m_read.find(path); known != m_read.end())
        return known->second;
    std::optional<std::string> text = found(path);
    if (text) {
        m_read[path] = *text;
        m_missing.erase(path);
    } else {
        m_missing.insert(path);
    }
    return text;
}

bool DiskFiles::hasCome() const
{
    return std::any_of(m_missing.begin(), m_missing.end(),
                       [this](const std::string &path) { return found(path).has_value(); });
}

std::optional<std::string> DiskFiles::found(const std::string &path) const
{
    if (const auto shared = volumePath(m_folder, m_pod, m_container, path)) {
        std::string text = textOfFile(*shared);
        return text.empty() ? std::nullopt : std::optional(std::move(text));
    }
    const auto mounted = mountedSecret(m_pod, m_container, path);
    const ObjectPtr secret = mounted
        ? m_store.get(*m_store.find("", "secrets"), m_pod.at({"metadata", "namespace"}).text(), mounted->name)
        : nullptr;
    const Value *data = secret ? secret->at({"data"}).find(mounted->key) : nullptr;
    return data ? std::optional(fromBase64(data->text())) : std::nullopt;
}

} // namespace demo
