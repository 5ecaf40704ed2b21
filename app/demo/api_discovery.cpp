// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_discovery.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

namespace demo {

namespace {

struct Subresource
{
    const char *plural, *name, *kind, *group, *version;
    std::vector<const char *> verbs;
};

const std::vector<Subresource> &subresources() // beyond status
{
    static const std::vector<Subresource> all{
        {"namespaces", "finalize", "Namespace", "", "", {"update"}},
        {"nodes", "proxy", "NodeProxyOptions", "", "", {"create", "delete", "get", "patch", "update"}},
        {"pods", "attach", "PodAttachOptions", "", "", {"create", "get"}},
        {"pods", "binding", "Binding", "", "", {"create"}},
        {"pods", "eviction", "Eviction", "policy", "v1", {"create"}},
        {"pods", "exec", "PodExecOptions", "", "", {"create", "get"}},
        {"pods", "log", "Pod", "", "", {"get"}},
        {"pods", "portforward", "PodPortForwardOptions", "", "", {"create", "get"}},
        {"pods", "proxy", "PodProxyOptions", "", "", {"create", "delete", "get", "patch", "update"}},
        {"serviceaccounts", "token", "TokenRequest", "authentication.k8s.io", "v1", {"create"}},
        {"services", "proxy", "ServiceProxyOptions", "", "", {"create", "delete", "get", "patch", "update"}},
        {"deployments", "scale", "Scale", "autoscaling", "v1", {"get", "patch", "update"}},
        {"replicasets", "scale", "Scale", "autoscaling", "v1", {"get", "patch", "update"}},
        {"statefulsets", "scale", "Scale", "autoscaling", "v1", {"get", "patch", "update"}},
    };
    return all;
}

Value strings(const std::vector<std::string> &texts)
{
    Value array = Value::array();
    for (const std::string &text : texts)
        array.push(text);
    return array;
}

Value verbsOf(const ResourceKind &kind)
{
    if (kind.isReview)
        return strings({"create"});
    if (kind.isBuiltIn)
        return strings({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
    return strings({"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"});
}

std::string digest(std::string_view text, std::size_t bytes)
{
    static constexpr char hex[] = "0123456789ABCDEF";
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), hash, &size, EVP_sha256(), nullptr);
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes, size); ++i)
        out.append(1, hex[hash[i] >> 4]).append(1, hex[hash[i] & 15]);
    return out;
}

std::string storageHash(const ResourceKind &kind)
{
    const std::string text = digest(kind.group + "/" + kind.versions.back() + "/" + kind.kind, 8);
    return text.substr(0, 11) + "=";
}

Value legacyResource(const ResourceKind &kind)
{
    Value resource = Value::object({{"name", kind.plural},
                                    {"singularName", kind.singular},
                                    {"namespaced", kind.namespaced},
                                    {"kind", kind.kind},
                                    {"verbs", verbsOf(kind)}});
    if (!kind.shortNames.empty())
        resource.set("shortNames", strings(kind.shortNames));
    if (!kind.categories.empty())
        resource.set("categories", strings(kind.categories));
    if (!kind.isReview)
        resource.set("storageVersionHash", storageHash(kind));
    return resource;
}

std::vector<const ResourceKind *> kindsOf(const Store &store, std::string_view group,
                                          std::string_view version)
{
    std::vector<const ResourceKind *> found;
    for (const auto &kind : store.kinds()) {
        if (kind->isServed && !kind->isHidden && kind->group == group && kind->serves(version))
            found.push_back(kind.get());
    }
    return found;
}

std::vector<Value> legacySubresources(const ResourceKind &kind, const std::string &version)
{
    std::vector<Value> found;
    const auto add = [&](const std::string &name, const std::string &kindName, Value verbs) -> Value & {
        return found.emplace_back(Value::object({{"name", kind.plural + "/" + name},
                                                 {"singularName", ""},
                                                 {"namespaced", kind.namespaced},
                                                 {"kind", kindName},
                                                 {"verbs", std::move(verbs)}}));
    };
    for (const Subresource &each : subresources()) {
        if (!kind.isBuiltIn || each.plural != kind.plural)
            continue;
        Value verbs = Value::array();
        for (const char *verb : each.verbs)
            verbs.push(verb);
        Value &added = add(each.name, each.kind, std::move(verbs));
        if (*each.version) {
            added.set("group", each.group);
            added.set("version", each.version);
        }
    }
    if (kind.hasStatusIn(version))
        add("status", kind.kind, strings({"get", "patch", "update"}));
    if (const ResourceKind::Version *of = kind.version(version); of && of->scale) {
        Value &added = add("scale", "Scale", strings({"get", "patch", "update"}));
        added.set("group", "autoscaling");
        added.set("version", "v1");
    }
    return found;
}

Value resourceList(const Store &store, const std::string &group, const std::string &version)
{
    Value resources = Value::array();
    for (const ResourceKind *kind : kindsOf(store, group, version)) {
        resources.push(legacyResource(*kind));
        for (Value &each : legacySubresources(*kind, version))
            resources.push(std::move(each));
    }
    Value list = Value::object({{"kind", "APIResourceList"}});
    if (!group.empty())
        list.set("apiVersion", "v1");
    list.set("groupVersion", group.empty() ? version : group + "/" + version);
    list.set("resources", std::move(resources));
    return list;
}

std::vector<std::string> versionsOf(const Store &store, std::string_view group)
{
    std::vector<std::string> versions;
    for (const auto &kind : store.kinds()) {
        for (const std::string &version : kind->versions) {
            if (kind->isServed && !kind->isHidden && kind->group == group
                && std::find(versions.begin(), versions.end(), version) == versions.end())
                versions.push_back(version);
        }
    }
    std::stable_sort(versions.begin(), versions.end(), isNewerVersion);
    return versions;
}

std::vector<std::string> groupsOf(const Store &store)
{
    std::vector<std::string> groups;
    for (const auto &kind : store.kinds()) {
        if (kind->isServed && !kind->isHidden && !kind->group.empty()
            && std::find(groups.begin(), groups.end(), kind->group) == groups.end())
            groups.push_back(kind->group);
    }
    return groups;
}

Value groupValue(const Store &store, const std::string &group)
{
    Value versions = Value::array();
    for (const std::string &version : versionsOf(store, group))
        versions.push(Value::object({{"groupVersion", group + "/" + version}, {"version", version}}));
    Value preferred = versions.items().empty() ? Value() : versions.items().front();
    return Value::object(
        {{"name", group}, {"versions", std::move(versions)}, {"preferredVersion", std::move(preferred)}});
}

Value responseKind(const std::string &group, const std::string &version, const std::string &kind)
{
    return Value::object({{"group", group}, {"version", version}, {"kind", kind}});
}

Value aggregatedResource(const ResourceKind &kind, const std::string &version)
{
    Value resource = Value::object({{"resource", kind.plural},
                                    {"responseKind", responseKind(kind.group, version, kind.kind)},
                                    {"scope", kind.namespaced ? "Namespaced" : "Cluster"},
                                    {"singularResource", kind.singular},
                                    {"verbs", verbsOf(kind)}});
    if (!kind.shortNames.empty())
        resource.set("shortNames", strings(kind.shortNames));
    if (!kind.categories.empty())
        resource.set("categories", strings(kind.categories));
    for (const Value &each : legacySubresources(kind, version)) {
        const std::string &name = each["name"].text();
        const std::string &group = each["version"].isNull() ? kind.group : each["group"].text();
        const std::string &of = each["version"].isNull() ? version : each["version"].text();
        resource.child("subresources")
            .push(Value::object({{"subresource", name.substr(name.find('/') + 1)},
                                 {"responseKind", responseKind(group, of, each["kind"].text())},
                                 {"verbs", each["verbs"]}}));
    }
    return resource;
}

Value aggregatedGroup(const Store &store, const std::string &group)
{
    Value versions = Value::array();
    for (const std::string &version : versionsOf(store, group)) {
        Value resources = Value::array();
        for (const ResourceKind *kind : kindsOf(store, group, version))
            resources.push(aggregatedResource(*kind, version));
        versions.push(Value::object(
            {{"version", version}, {"resources", std::move(resources)}, {"freshness", "Current"}}));
    }
    Value metadata = Value::object();
    if (!group.empty())
        metadata.set("name", group);
    return Value::object({{"metadata", std::move(metadata)}, {"versions", std::move(versions)}});
}

bool wantsAggregated(const edge::RequestHead &head)
{
    std::string_view accept = head.headers.value("accept"); // the first clause that this server knows decides
    while (!accept.empty()) {
        const std::string_view clause = accept.substr(0, accept.find(','));
        accept.remove_prefix(std::min(clause.size() + 1, accept.size()));
        if (clause.find("as=APIGroupDiscoveryList") != std::string_view::npos) {
            if (clause.find("v=v2") != std::string_view::npos
                && clause.find("v=v2beta1") == std::string_view::npos)
                return true;
            continue;
        }
        if (clause.find("json") != std::string_view::npos || clause.find("*/*") != std::string_view::npos)
            return false;
    }
    return false;
}

Answer aggregated(const Store &store, const edge::RequestHead &head, bool isCore)
{
    Value items = Value::array();
    for (const std::string &group : isCore ? std::vector<std::string>{std::string()} : groupsOf(store))
        items.push(aggregatedGroup(store, group));
    Answer answer = answerOf(Value::object({{"kind", "APIGroupDiscoveryList"},
                                            {"apiVersion", "apidiscovery.k8s.io/v2"},
                                            {"metadata", Value::object()},
                                            {"items", std::move(items)}}),
                             {});
    answer.contentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    const std::string tag = "\"" + digest(answer.body, 32) + "\"";
    answer.headers.set("Cache-Control", "public");
    answer.headers.set("ETag", tag);
    answer.headers.set("Vary", "Accept");
    if (head.headers.value("if-none-match") == tag) {
        answer.status = 304;
        answer.body.clear();
    }
    return answer;
}

Value withKind(const char *kind, Value value)
{
    Value whole = Value::object({{"kind", kind}, {"apiVersion", "v1"}});
    for (const auto &[key, member] : value.members())
        whole.set(key, member);
    return whole;
}

Value versionValue(const ServerAge &age)
{
    const std::string minor = std::to_string(age.minor);
    if (age.minor < 37)
        return Value::object({{"major", "1"},
                              {"minor", minor},
                              {"gitVersion", age.gitVersion},
                              {"gitCommit", "demo"},
                              {"gitTreeState", "clean"},
                              {"buildDate", "2026-11-01T00:00:00Z"},
                              {"goVersion", "none"},
                              {"compiler", "sallyport"},
                              {"platform", "linux/amd64"}});
    return Value::object({{"major", "1"},
                          {"minor", "37"},
                          {"emulationMajor", "1"},
                          {"emulationMinor", "37"},
                          {"minCompatibilityMajor", "1"},
                          {"minCompatibilityMinor", "36"},
                          {"gitVersion", "v1.37.2"},
                          {"gitCommit", "demo"},
                          {"gitTreeState", "clean"},
                          {"buildDate", "2026-11-01T00:00:00Z"},
                          {"goVersion", "none"},
                          {"compiler", "sallyport"},
                          {"platform", "linux/amd64"}});
}

Value groupList(const Store &store)
{
    Value groups = Value::array();
    for (const std::string &group : groupsOf(store))
        groups.push(groupValue(store, group));
    return withKind("APIGroupList", Value::object({{"groups", std::move(groups)}}));
}

std::optional<Value> belowApis(const Store &store, std::string_view rest)
{
    const std::string group(rest.substr(0, rest.find('/')));
    if (rest.size() == group.size()) {
        const std::vector<std::string> groups = groupsOf(store);
        if (std::find(groups.begin(), groups.end(), group) == groups.end())
            return {};
        return withKind("APIGroup", groupValue(store, group));
    }
    const std::string version(rest.substr(group.size() + 1));
    if (version.find('/') != std::string::npos || kindsOf(store, group, version).empty())
        return {};
    return resourceList(store, group, version);
}

Value rootPaths(const Store &store)
{
    std::set<std::string> paths{"/api",        "/api/v1",     "/apis",   "/apis/",
                                "/openapi/v2", "/openapi/v3", "/version"};
    for (const char *health : {"/healthz", "/livez", "/readyz"}) {
        for (const char *check : {"", "/etcd", "/log", "/ping"})
            paths.insert(std::string(health) + check);
    }
    for (const std::string &group : groupsOf(store)) {
        paths.insert("/apis/" + group);
        for (const std::string &version : versionsOf(store, group))
            paths.insert("/apis/" + group + "/" + version);
    }
    return Value::object({{"paths", Value::strings({paths.begin(), paths.end()})}});
}

// What of discovery is said at this path, and how go-restful serves it; nullopt of the latter: Kubernetes does by itself.
struct Discovered
{
    Value value;
    std::optional<Produced> produced;
    bool isRaw = false; // indented JSON, whatever is asked for
};

std::optional<Discovered> discovered(const Store &store, const edge::RequestHead &head, std::string_view path,
                                     const ServerAge &age)
{
    if (path == "/" || path == "/index.html")
        return Discovered{rootPaths(store), {}, true};
    if (path == "/version")
        return Discovered{versionValue(age), Produced::Json, true};
    if (path == "/api")
        return Discovered{
            Value::object({{"kind", "APIVersions"},
                           {"versions", strings({"v1"})},
                           {"serverAddressByClientCIDRs",
                            Value::array({Value::object({{"clientCIDR", "0.0.0.0/0"},
                                                         {"serverAddress", head.headers.value("host")}})})}}),
            Produced::Objects};
    if (path == "/api/v1")
        return Discovered{resourceList(store, {}, "v1"), Produced::Objects};
    if (path == "/apis")
        return Discovered{groupList(store), {}};
    if (!path.starts_with("/apis/"))
        return {};
    path.remove_prefix(6);
    auto value = belowApis(store, path);
    if (!value)
        return {};
    const std::string_view group = path.substr(0, path.find('/'));
    const bool isService = group != path && isBuiltInGroup(store, group);
    return Discovered{std::move(*value), isService ? std::optional(Produced::Objects) : std::nullopt};
}

} // namespace

bool isNewerVersion(const std::string &a, const std::string &b)
{
    // Stability (3 GA, 2 beta, 1 alpha, 0 none of these), major, minor: k8s.io/apimachinery util/version.
    const auto rank = [](const std::string &text) {
        int major = 0, minor = 0, stability = 0;
        const char *end = text.data() + text.size();
        if (!text.starts_with("v"))
            return std::tuple(0, 0, 0);
        auto [next, error] = std::from_chars(text.data() + 1, end, major);
        const std::string_view rest(next, std::size_t(end - next));
        if (error == std::errc())
            stability = rest.empty() ? 3 : rest.starts_with("beta") ? 2 : rest.starts_with("alpha") ? 1 : 0;
        if (stability == 1 || stability == 2)
            std::from_chars(next + (stability == 2 ? 4 : 5), end, minor);
        return std::tuple(stability, major, minor);
    };
    return rank(a) > rank(b);
}

bool isBuiltInGroup(const Store &store, std::string_view group)
{
    return std::any_of(store.kinds().begin(), store.kinds().end(),
                       [group](const auto &kind) { return kind->isBuiltIn && kind->group == group; });
}

bool servesVersion(const Store &store, std::string_view group, std::string_view version)
{
    return !kindsOf(store, group, version).empty();
}

bool isBelowService(const Store &store, std::string_view path)
{
    if (path.starts_with("/api/") || path.starts_with("/version/"))
        return true;
    if (!path.starts_with("/apis/"))
        return false;
    path.remove_prefix(6);
    const std::size_t end = path.find('/');
    return end != std::string_view::npos && isBuiltInGroup(store, path.substr(0, end));
}

std::optional<StoreResult<Answer>> discoveryAnswer(const Store &store, const edge::RequestHead &head,
                                                   const ServerAge &age)
{
    std::string_view path = head.path();
    if (path.size() > 2 && path.ends_with("/"))
        path.remove_suffix(1);
    if ((path == "/api" || path == "/apis") && age.hasAggregatedDiscovery() && wantsAggregated(head))
        return aggregated(store, head, path == "/api");
    const auto found = discovered(store, head, path, age);
    if (!found)
        return {};
    const auto accepted = found->produced ? checkAccept(head, *found->produced) : StoreResult<void>();
    if (!accepted)
        return tl::unexpected(accepted.error());
    if (found->isRaw)
        return answerOf(found->value, {Representation::As::Object, false, true});
    const auto as = negotiate(head, Query(head.query()));
    if (!as || as->as != Representation::As::Object) // nothing of it is a Table
        return tl::unexpected(notAcceptable());
    return answerOf(found->value, *as);
}

} // namespace demo
