// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/pod_identity.h"

namespace demo {

namespace {

std::string workloadOf(const edge::Value &pod)
{
    for (const edge::Value &owner : pod.at({"metadata", "ownerReferences"}).items()) {
        const std::string &name = owner["name"].text();
        const std::string &hash = pod.at({"metadata", "labels", "pod-template-hash"}).text();
        if (!hash.empty() && name.ends_with("-" + hash))
            return name.substr(0, name.size() - hash.size() - 1);
        return name;
    }
    return pod.at({"metadata", "name"}).text();
}

} // namespace

PodIdentity podIdentity(const edge::Value &pod)
{
    PodIdentity identity;
    identity.nameSpace = pod.at({"metadata", "namespace"}).text();
    identity.name = pod.at({"metadata", "name"}).text();
    identity.uid = pod.at({"metadata", "uid"}).text();
    identity.address = pod.at({"status", "podIP"}).text();
    const std::string &account = pod.at({"spec", "serviceAccountName"}).text();
    identity.serviceAccount = account.empty() ? "default" : account;
    identity.workload = workloadOf(pod);
    identity.labels = labelMap(pod.at({"metadata", "labels"}));
    const auto label = [&](const char *name, const char *fallback) {
        const auto found = identity.labels.find(name);
        return found == identity.labels.end() ? std::string(fallback) : found->second;
    };
    identity.app = label("app", "unknown");
    identity.version = label("version", "unknown");
    return identity;
}

bool isReady(const edge::Value &pod)
{
    if (!pod.at({"metadata", "deletionTimestamp"}).isNull())
        return false;
    for (const edge::Value &condition : pod.at({"status", "conditions"}).items()) {
        if (condition["type"].text() == "Ready")
            return condition["status"].text() == "True";
    }
    return false;
}

bool hasEnded(const edge::Value &pod)
{
    const std::string &phase = pod.at({"status", "phase"}).text();
    return phase == "Succeeded" || phase == "Failed";
}

bool isInjected(const edge::Value &pod)
{
    return pod.at({"metadata", "annotations", "sidecar.istio.io/status"}).isString();
}

const edge::Value *containerNamed(const edge::Value &podOrTemplate, std::string_view name)
{
    for (const edge::Value &container : podOrTemplate.at({"spec", "containers"}).items()) {
        if (container["name"].text() == name)
            return &container;
    }
    return nullptr;
}

std::string environmentOf(const edge::Value &container, std::string_view name)
{
    for (const edge::Value &variable : container["env"].items()) {
        if (variable["name"].text() == name)
            return variable["value"].text();
    }
    return {};
}

std::string imageName(const std::string &image)
{
    const std::string name = image.substr(image.rfind('/') == std::string::npos ? 0 : image.rfind('/') + 1);
    return name.substr(0, name.find_first_of(":@"));
}

std::string imageTag(const std::string &image)
{
    const std::size_t slash = image.rfind('/');
    const std::size_t colon = image.find(':', slash == std::string::npos ? 0 : slash);
    return colon == std::string::npos ? "latest" : image.substr(colon + 1, image.find('@') - colon - 1);
}

} // namespace demo
