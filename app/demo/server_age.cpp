// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/server_age.h"

#include <array>

namespace demo {

namespace {

struct
    Came // a kind's version, since which minor it is served (0: before 1.15) and since which no longer (0: it still is)
{
    const char *group, *plural;
    struct Step
    {
        int since;
        const char *version;
        int until = 0;
    };
    std::array<Step, 4> steps; // oldest first; an empty version ends them
};

constexpr Came Kinds[] = {
    {"discovery.k8s.io", "endpointslices", {{{17, "v1beta1", 25}, {21, "v1"}, {}}}},
    {"batch", "cronjobs", {{{0, "v1beta1", 25}, {21, "v1"}, {}}}},
    {"apiextensions.k8s.io", "customresourcedefinitions", {{{0, "v1beta1", 22}, {16, "v1"}, {}}}},
    {"admissionregistration.k8s.io", "mutatingwebhookconfigurations", {{{0, "v1beta1", 22}, {16, "v1"}, {}}}},
    {"admissionregistration.k8s.io",
     "validatingwebhookconfigurations",
     {{{0, "v1beta1", 22}, {16, "v1"}, {}}}},
    {"autoscaling", "horizontalpodautoscalers", {{{0, "v2beta1", 25}, {0, "v2beta2", 26}, {23, "v2"}, {}}}},
    {"policy", "poddisruptionbudgets", {{{0, "v1beta1", 25}, {21, "v1"}, {}}}},
    {"networking.k8s.io", "ingresses", {{{0, "v1beta1", 22}, {19, "v1"}, {}}}},
    {"networking.k8s.io", "ingressclasses", {{{18, "v1beta1", 22}, {19, "v1"}, {}}}},
    {"events.k8s.io", "events", {{{0, "v1beta1", 25}, {19, "v1"}, {}}}},
    {"flowcontrol.apiserver.k8s.io",
     "flowschemas",
     {{{20, "v1beta1", 26}, {23, "v1beta2", 29}, {29, "v1"}, {}}}},
    {"flowcontrol.apiserver.k8s.io",
     "prioritylevelconfigurations",
     {{{20, "v1beta1", 26}, {23, "v1beta2", 29}, {29, "v1"}, {}}}},
    {"authentication.k8s.io", "selfsubjectreviews", {{{28, "v1"}, {}, {}}}},
};

} // namespace

std::optional<ServerAge> readServerAge(const std::string &kubeVersion)
{
    if (kubeVersion == "1.37")
        return ServerAge();
    if (kubeVersion == "1.21")
        return ServerAge{21, "v1.21.14"};
    if (kubeVersion == "1.15")
        return ServerAge{15, "v1.15.12"};
    return {};
}

void ServerAge::forgetUnknown(Query &query) const
{
    if (minor < 16)
        query.remove("allowWatchBookmarks");
    if (minor < 19)
        query.remove("resourceVersionMatch");
    if (minor < 25)
        query.remove("fieldValidation");
    if (minor < 27) {
        query.remove("sendInitialEvents");
        if (query.isTrue("watch"))
            query.remove("resourceVersionMatch");
    }
}

void makeOlder(Store &store, const ServerAge &age)
{
    for (const Came &came : Kinds) {
        const ResourceKind *known = store.find(came.group, came.plural);
        if (!known)
            continue;
        ResourceKind older = *known;
        older.versions.clear();
        for (const Came::Step &step : came.steps) { // the newest comes to the front: it is preferred
            if (step.version && step.since <= age.minor && (step.until == 0 || age.minor < step.until))
                older.versions.insert(older.versions.begin(), step.version);
        }
        older.isHidden = older.versions.empty();
        if (older.isHidden)
            older.versions = known->versions; // the demo's own parts still know it
        store.addKind(std::move(older));
    }
}

} // namespace demo
