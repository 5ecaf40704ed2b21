// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/volumes.h"

namespace demo {

namespace {

std::string_view withoutSlash(std::string_view path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

// The volume of that kind that is mounted above the path, and the rest of the path below it; nullptr: none is.
std::pair<const edge::Value *, std::string> volumeOf(const char *kind, const edge::Value &pod,
                                                     const edge::Value &container, std::string_view path)
{
    path = withoutSlash(path);
    for (const edge::Value &mount : container["volumeMounts"].items()) {
        const std::string_view at = withoutSlash(mount["mountPath"].text());
        if (at.empty() || !(path == at || (path.starts_with(at) && path[at.size()] == '/')))
            continue;
        for (const edge::Value &volume : pod.at({"spec", "volumes"}).items()) {
            if (volume["name"].text() == mount["name"].text() && volume.find(kind))
                return {&volume, std::string(path.substr(at.size()))};
        }
    }
    return {nullptr, {}};
}

} // namespace

std::optional<std::string> volumePath(const std::string &folder, const edge::Value &pod,
                                      const edge::Value &container, std::string_view path)
{
    const auto [volume, rest] = volumeOf("emptyDir", pod, container, path);
    if (!volume)
        return {};
    return folder + "/volumes/" + pod.at({"metadata", "uid"}).text() + "/" + (*volume)["name"].text() + rest;
}

std::optional<MountedSecret> mountedSecret(const edge::Value &pod, const edge::Value &container,
                                           std::string_view path)
{
    const auto [volume, rest] = volumeOf("secret", pod, container, path);
    if (!volume || rest.size() < 2)
        return {};
    return MountedSecret{volume->at({"secret", "secretName"}).text(), rest.substr(1)};
}

} // namespace demo
