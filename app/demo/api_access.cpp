// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_access.h"

#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

namespace {

bool contains(const Value &list, std::string_view text)
{
    return std::any_of(list.items().begin(), list.items().end(),
                       [text](const Value &item) { return item.text() == text || item.text() == "*"; });
}

bool isIn(const std::vector<std::string> &list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool coversPath(const Value &urls, std::string_view path)
{
    return std::any_of(urls.items().begin(), urls.items().end(), [path](const Value &each) {
        const std::string &url = each.text();
        return url == path
            || (url.ends_with("*") && path.starts_with(std::string_view(url).substr(0, url.size() - 1)));
    });
}

bool coversResource(const Value &resources, const Attributes &asked)
{
    const std::string combined =
        asked.subresource.empty() ? asked.resource : asked.resource + "/" + asked.subresource;
    return contains(resources, combined)
        || (!asked.subresource.empty()
            && std::any_of(resources.items().begin(), resources.items().end(),
                           [&](const Value &each) { return each.text() == "*/" + asked.subresource; }));
}

bool covers(const Value &rule, const Attributes &asked)
{
    if (!contains(rule["verbs"], asked.verb))
        return false;
    if (!asked.path.empty())
        return coversPath(rule["nonResourceURLs"], asked.path);
    const Value &names = rule["resourceNames"];
    return contains(rule["apiGroups"], asked.group) && coversResource(rule["resources"], asked)
        && (names.items().empty() || contains(names, asked.name));
}

bool isSubject(const Value &binding, const Identity &identity)
{
    const auto &subjects = binding["subjects"].items();
    return std::any_of(subjects.begin(), subjects.end(), [&](const Value &subject) {
        const std::string &kind = subject["kind"].text();
        const std::string &name = subject["name"].text();
        if (kind == "Group")
            return isIn(identity.groups, name);
        if (kind == "ServiceAccount")
            return identity.user == "system:serviceaccount:" + subject["namespace"].text() + ":" + name;
        return kind == "User" && identity.user == name;
    });
}

Value texts(std::initializer_list<const char *> words)
{
    Value list = Value::array();
    for (const char *word : words)
        list.push(word);
    return list;
}

Value resourceRule(std::initializer_list<const char *> groups, std::initializer_list<const char *> resources,
                   std::initializer_list<const char *> verbs)
{
    return Value::object(
        {{"verbs", texts(verbs)}, {"apiGroups", texts(groups)}, {"resources", texts(resources)}});
}

Value pathRule(std::initializer_list<const char *> paths, std::initializer_list<const char *> verbs)
{
    return Value::object({{"verbs", texts(verbs)}, {"nonResourceURLs", texts(paths)}});
}

const std::vector<Value> &everything()
{
    static const std::vector<Value> rules{resourceRule({"*"}, {"*"}, {"*"}), pathRule({"*"}, {"*"})};
    return rules;
}

// What the role "view" of a cluster gives: all but Secrets, RBAC and what reaches into pods.
const std::vector<Value> &viewing()
{
    static const std::vector<Value> rules{
        resourceRule({""},
                     {"bindings", "configmaps", "endpoints", "events", "limitranges", "namespaces",
                      "namespaces/status", "nodes", "persistentvolumeclaims", "pods", "pods/log",
                      "pods/status", "replicationcontrollers", "resourcequotas", "serviceaccounts",
                      "services", "services/status"},
                     {"get", "list", "watch"}),
        resourceRule({"apps",
                      "autoscaling",
                      "batch",
                      "discovery.k8s.io",
                      "networking.k8s.io",
                      "policy",
                      "apiextensions.k8s.io",
                      "apiregistration.k8s.io",
                      "admissionregistration.k8s.io",
                      "coordination.k8s.io",
                      "events.k8s.io",
                      "storage.k8s.io",
                      "getambassador.io",
                      "security.istio.io",
                      "networking.istio.io",
                      "telemetry.istio.io",
                      "extensions.istio.io",
                      "authentication.istio.io",
                      "config.istio.io",
                      "rbac.istio.io",
                      "gateway.networking.k8s.io"},
                     {"*"}, {"get", "list", "watch"}),
    };
    return rules;
}

Attributes readAttributes(const Value &spec)
{
    const Value &of = spec["resourceAttributes"];
    const Value &path = spec["nonResourceAttributes"];
    if (path.isObject())
        return {path["verb"].text(), {}, {}, {}, {}, {}, path["path"].text()};
    return {of["verb"].text(),
            of["group"].text(),
            of["resource"].text(),
            of["subresource"].text(),
            of["name"].text(),
            of["namespace"].text(),
            {}};
}

std::vector<Cause> specProblems(const Value &spec, bool needsUser)
{
    std::vector<Cause> causes;
    const Value &path = spec["nonResourceAttributes"];
    if (spec["resourceAttributes"].isObject() == path.isObject()) {
        const std::string shown = path.isObject() // as Go names its fields
            ? edge::toJson(Value::object({{"Path", path["path"].text()}, {"Verb", path["verb"].text()}}))
            : "null";
        causes.push_back(invalidValue(
            "spec", shown, "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    }
    if (needsUser && spec["user"].text().empty() && spec["groups"].items().empty())
        causes.push_back(
            invalidValue("spec.user", "\"\"", "at least one of user or group must be specified"));
    return causes;
}

} // namespace

std::vector<Value> Access::rulesFor(const Identity &identity, const std::string &nameSpace) const
{
    std::vector<Value> rules;
    const auto addAll = [&rules](const auto &more) { rules.insert(rules.end(), more.begin(), more.end()); };
    const bool isInside = identity.namespaces.empty() || identity.namespaces.contains(nameSpace);
    if (isIn(identity.groups, "system:masters")
        || (identity.isPrivileged && !identity.readOnly && identity.namespaces.empty()))
        addAll(everything());
    else if (identity.isPrivileged && isInside)
        addAll(identity.readOnly ? viewing() : std::vector<Value>{everything().front()});
    const auto addBinding = [&](const Value &binding) {
        const bool isCluster = binding["roleRef"]["kind"].text() == "ClusterRole";
        const ResourceKind *roles =
            m_store.find("rbac.authorization.k8s.io", isCluster ? "clusterroles" : "roles");
        const ObjectPtr role = isSubject(binding, identity)
            ? m_store.get(*roles, isCluster ? std::string() : namespaceOf(binding),
                          binding["roleRef"]["name"].text())
            : nullptr;
        if (role)
            addAll((*role)["rules"].items());
    };
    for (const ObjectPtr &binding :
         m_store.list(*m_store.find("rbac.authorization.k8s.io", "clusterrolebindings")))
        addBinding(*binding);
    if (!nameSpace.empty()) {
        for (const ObjectPtr &binding :
             m_store.list(*m_store.find("rbac.authorization.k8s.io", "rolebindings"), nameSpace))
            addBinding(*binding);
    }
    return rules;
}

bool Access::allows(const Identity &identity, const Attributes &asked) const
{
    const std::vector<Value> rules = rulesFor(identity, asked.nameSpace);
    return std::any_of(rules.begin(), rules.end(), [&](const Value &rule) { return covers(rule, asked); });
}

StoreError Access::refusal(const Identity &identity, const Attributes &asked) const
{
    const std::string who = "User " + quoted(identity.user) + " cannot " + asked.verb;
    if (!asked.path.empty())
        return {403, "Forbidden", "forbidden: " + who + " path " + quoted(asked.path), Value::object()};
    const std::string resource =
        asked.subresource.empty() ? asked.resource : asked.resource + "/" + asked.subresource;
    const std::string where =
        asked.nameSpace.empty() ? " at the cluster scope" : " in the namespace " + quoted(asked.nameSpace);
    return forbidden(asked.group, asked.resource, asked.name,
                     who + " resource " + quoted(resource) + " in API group " + quoted(asked.group) + where);
}

Value userInfo(const Identity &identity)
{
    Value user = Value::object({{"username", identity.user}});
    if (!identity.uid.empty())
        user.set("uid", identity.uid);
    user.set("groups", Value::strings(identity.groups));
    for (const auto &[key, value] : identity.extra)
        user.child("extra").set(key, Value::strings({value}));
    return user;
}

StoreResult<Value> Access::review(const ResourceKind &kind, const Identity &identity, Value object) const
{
    const Value spec = object["spec"];
    Value status = Value::object();
    if (kind.kind == "SelfSubjectReview") {
        status.set("userInfo", userInfo(identity));
    } else if (kind.kind == "SelfSubjectRulesReview") {
        if (spec["namespace"].text().empty())
            return tl::unexpected(badRequest("no namespace on request"));
        status = Value::object(
            {{"resourceRules", Value::array()}, {"nonResourceRules", Value::array()}, {"incomplete", false}});
        for (const Value &rule : rulesFor(identity, spec["namespace"].text()))
            status.child(rule["nonResourceURLs"].isArray() ? "nonResourceRules" : "resourceRules").push(rule);
        object.set("spec", Value::object());
    } else {
        const bool isOwn = kind.kind == "SelfSubjectAccessReview";
        if (const auto problems = specProblems(spec, !isOwn); !problems.empty())
            return tl::unexpected(invalid("authorization.k8s.io", {}, {}, problems));
        Identity asker = identity;
        if (!isOwn) {
            asker = {spec["user"].text(), {}, false, {}, false};
            for (const Value &group : spec["groups"].items())
                asker.groups.push_back(group.text());
        }
        status.set("allowed", allows(asker, readAttributes(spec)));
    }
    object.set("status", std::move(status));
    return object;
}

void addSystemRoles(Store &store)
{
    struct Role
    {
        const char *name;
        std::vector<Value> rules;
        std::vector<const char *> groups;
    };
    const std::vector<Role> roles{
        {"cluster-admin", everything(), {"system:masters"}},
        {"system:basic-user",
         {resourceRule({"authorization.k8s.io"}, {"selfsubjectaccessreviews", "selfsubjectrulesreviews"},
                       {"create"}),
          resourceRule({"authentication.k8s.io"}, {"selfsubjectreviews"}, {"create"})},
         {"system:authenticated"}},
        {"system:discovery",
         {pathRule({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*",
                    "/readyz", "/version", "/version/"},
                   {"get"})},
         {"system:authenticated"}},
        {"system:public-info-viewer",
         {pathRule({"/healthz", "/livez", "/readyz", "/version", "/version/"}, {"get"})},
         {"system:authenticated", "system:unauthenticated"}},
        {"view", viewing(), {}},
        {"edit", {everything().front()}, {}},
        {"admin", {everything().front()}, {}},
    };
    for (const Role &role : roles) {
        Value rules = Value::array(role.rules);
        Value metadata =
            Value::object({{"name", role.name},
                           {"labels", Value::object({{"kubernetes.io/bootstrapping", "rbac-defaults"}})}});
        (void)store.create(*store.find("rbac.authorization.k8s.io", "clusterroles"),
                           Value::object({{"metadata", metadata}, {"rules", std::move(rules)}}));
        if (role.groups.empty())
            continue;
        Value subjects = Value::array();
        for (const char *group : role.groups)
            subjects.push(Value::object(
                {{"kind", "Group"}, {"apiGroup", "rbac.authorization.k8s.io"}, {"name", group}}));
        (void)store.create(*store.find("rbac.authorization.k8s.io", "clusterrolebindings"),
                           Value::object({{"metadata", metadata},
                                          {"roleRef",
                                           Value::object({{"apiGroup", "rbac.authorization.k8s.io"},
                                                          {"kind", "ClusterRole"},
                                                          {"name", role.name}})},
                                          {"subjects", std::move(subjects)}}));
    }
}

} // namespace demo
