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
    {"autoscaling",
     "horizontalpodautoscalers",
     {{{0, "v1"}, {0, "v2beta1", 25}, {0, "v2beta2", 26}, {23, "v2"}}}},
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

struct Deprecated // Kubernetes' prerelease-lifecycle of the versions that a server of this demo serves
{
    const char *group, *version, *plural, *kind;
    int since, until; // minors; until 0: it stays
    const char *instead;
};

constexpr Deprecated Deprecations[] = {
    {"", "v1", "endpoints", "Endpoints", 33, 0, "discovery.k8s.io/v1 EndpointSlice"},
    {"batch", "v1beta1", "cronjobs", "CronJob", 21, 25, "batch/v1 CronJob"},
    {"policy", "v1beta1", "poddisruptionbudgets", "PodDisruptionBudget", 21, 25,
     "policy/v1 PodDisruptionBudget"},
    {"discovery.k8s.io", "v1beta1", "endpointslices", "EndpointSlice", 21, 25,
     "discovery.k8s.io/v1 EndpointSlice"},
    {"networking.k8s.io", "v1beta1", "ingresses", "Ingress", 19, 22, "networking.k8s.io/v1 Ingress"},
    {"networking.k8s.io", "v1beta1", "ingressclasses", "IngressClass", 19, 22,
     "networking.k8s.io/v1 IngressClass"},
    {"apiextensions.k8s.io", "v1beta1", "customresourcedefinitions", "CustomResourceDefinition", 16, 22,
     "apiextensions.k8s.io/v1 CustomResourceDefinition"},
    {"admissionregistration.k8s.io", "v1beta1", "mutatingwebhookconfigurations",
     "MutatingWebhookConfiguration", 16, 22, "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration"},
    {"admissionregistration.k8s.io", "v1beta1", "validatingwebhookconfigurations",
     "ValidatingWebhookConfiguration", 16, 22,
     "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration"},
};

} // namespace

std::string ServerAge::deprecation(const std::string &group, const std::string &version,
                                   const std::string &plural) const
{
    constexpr int FirstToWarn = 19;
    for (const Deprecated &each : Deprecations) {
        if (each.group != group || each.version != version || each.plural != plural || minor < each.since
            || minor < FirstToWarn)
            continue;
        return (group.empty() ? version : group + "/" + version) + " " + each.kind + " is deprecated in v1."
            + std::to_string(each.since) + "+"
            + (each.until > 0 ? ", unavailable in v1." + std::to_string(each.until) + "+" : std::string())
            + "; use " + each.instead;
    }
    return {};
}

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
        query.set("fieldValidation", "Ignore"); // what they do, whatever is asked
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
            older.versions = known->versions;  // the demo's own parts still know it
        constexpr int FirstWithTimeZones = 29; // in its table; the field itself came with 1.24
        if (older.kind == "CronJob" && age.minor < FirstWithTimeZones)
            older.lackedColumns = {"Timezone"};
        store.addKind(std::move(older));
    }
}

} // namespace demo
