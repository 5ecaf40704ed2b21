// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/istio_security.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

MtlsMode modeOf(const edge::Value &mtls)
{
    const std::string &mode = mtls["mode"].text();
    if (mode == "DISABLE")
        return MtlsMode::Disable;
    if (mode == "PERMISSIVE")
        return MtlsMode::Permissive;
    return mode == "STRICT" ? MtlsMode::Strict : MtlsMode::Unset;
}

QStringList textsOf(const edge::Value &list)
{
    QStringList all;
    for (const edge::Value &one : list.items())
        all.append(text(one));
    return all;
}

// By the name under which a tool writes, for server-side apply or without; "" one that keeps nothing as it was.
QString toolOf(const std::string &manager)
{
    struct Tool
    {
        std::string_view begins;
        const char *name;
    };
    constexpr Tool tools[] = {{"argocd-", "Argo CD"},      {"kustomize-controller", "Flux"},
                              {"helm-controller", "Flux"}, {"helm", "Helm"},
                              {"Terraform", "Terraform"},  {"terraform-", "Terraform"},
                              {"HashiCorp", "Terraform"},  {"pulumi", "Pulumi"},
                              {"fleetagent", "Fleet"},     {"kapp-", "kapp"}};
    const auto found = std::find_if(std::begin(tools), std::end(tools),
                                    [&](const Tool &tool) { return manager.starts_with(tool.begins); });
    return found == std::end(tools) ? QString() : QString::fromLatin1(found->name);
}

// By the marks that these tools leave on what they own.
QString managerOf(const edge::Value &metadata)
{
    for (const char *part : {"labels", "annotations"}) {
        for (const auto &[key, value] : metadata[part].members()) {
            if (key.starts_with("argocd.argoproj.io/"))
                return u"Argo CD"_s;
            if (key.starts_with("kustomize.toolkit.fluxcd.io/") || key.starts_with("helm.toolkit.fluxcd.io/"))
                return u"Flux"_s;
            if (key.starts_with("meta.helm.sh/")
                || (key == "app.kubernetes.io/managed-by" && value.text() == "Helm"))
                return u"Helm"_s;
        }
    }
    for (const edge::Value &entry : metadata["managedFields"].items()) {
        if (const QString tool = toolOf(entry["manager"].text());
            !tool.isEmpty() && entry["subresource"].text() != "status")
            return tool;
    }
    return {};
}

AuthorizationPolicy::Source sourceOf(const edge::Value &source)
{
    AuthorizationPolicy::Source read{textsOf(source["principals"]), textsOf(source["namespaces"]),
                                     textsOf(source["notPrincipals"]), textsOf(source["notNamespaces"])};
    for (const auto &[key, values] : source.members()) {
        const bool isKnown =
            key == "principals" || key == "namespaces" || key == "notPrincipals" || key == "notNamespaces";
        read.hasOther = read.hasOther || !isKnown;
    }
    return read;
}

} // namespace

QString mtlsModeName(MtlsMode mode)
{
    switch (mode) {
    case MtlsMode::Disable: return u"DISABLE"_s;
    case MtlsMode::Permissive: return u"PERMISSIVE"_s;
    case MtlsMode::Strict: return u"STRICT"_s;
    case MtlsMode::Unset: break;
    }
    return u"UNSET"_s;
}

AuthorizationPolicy parseAuthorizationPolicy(const edge::Value &object)
{
    const edge::Value &spec = object["spec"];
    AuthorizationPolicy policy;
    policy.nameSpace = text(object.at({"metadata", "namespace"}));
    policy.name = text(object.at({"metadata", "name"}));
    policy.dryRun = text(object.at({"metadata", "annotations", "istio.io/dry-run"})) == "true"_L1;
    policy.action = spec["action"].text().empty() ? u"ALLOW"_s : text(spec["action"]);
    policy.selector = texts(spec.at({"selector", "matchLabels"}));
    policy.hasTargets = !spec["targetRef"].isNull() || !spec["targetRefs"].items().empty();
    for (const edge::Value &rule : spec["rules"].items()) {
        AuthorizationPolicy::Rule read;
        for (const edge::Value &from : rule["from"].items())
            read.from.append(sourceOf(from["source"]));
        read.isOfSomeOnly = !rule["to"].items().empty() || !rule["when"].items().empty();
        policy.rules.append(read);
    }
    return policy;
}

PeerAuthentication parsePeerAuthentication(const edge::Value &object)
{
    PeerAuthentication policy;
    policy.nameSpace = text(object.at({"metadata", "namespace"}));
    policy.name = text(object.at({"metadata", "name"}));
    policy.apiVersion = text(object["apiVersion"]);
    policy.created = QDateTime::fromString(text(object.at({"metadata", "creationTimestamp"})), Qt::ISODate);
    policy.selector =
        texts(object.at({"spec", "selector", "matchLabels"})); // empty matchLabels select as no selector does
    policy.managedBy = managerOf(object["metadata"]);
    policy.mode = modeOf(object.at({"spec", "mtls"}));
    for (const auto &[port, mtls] : object.at({"spec", "portLevelMtls"}).members()) {
        if (const int number = text(port).toInt(); number > 0)
            policy.portModes.insert(number, modeOf(mtls));
    }
    return policy;
}

// `mtls: {}` and `mtls:` with nothing behind it are STRICT.
AuthenticationPolicy parseAuthenticationPolicy(const edge::Value &object)
{
    AuthenticationPolicy policy;
    policy.nameSpace = text(object.at({"metadata", "namespace"}));
    policy.name = text(object.at({"metadata", "name"}));
    policy.created = QDateTime::fromString(text(object.at({"metadata", "creationTimestamp"})), Qt::ISODate);
    policy.managedBy = managerOf(object["metadata"]);
    policy.spec = object["spec"];
    for (const edge::Value &peer : object.at({"spec", "peers"}).items()) {
        const edge::Value *mtls = peer.find("mtls");
        if (!mtls)
            continue;
        policy.mode = (*mtls)["mode"].text() == "PERMISSIVE" ? MtlsMode::Permissive : MtlsMode::Strict;
        break;
    }
    for (const edge::Value &target : object.at({"spec", "targets"}).items()) {
        AuthenticationPolicy::Target read{text(target["name"]), {}};
        for (const edge::Value &port : target["ports"].items())
            read.ports.append(text(port["number"].isNull() ? port["name"] : port["number"]));
        policy.targets.append(read);
    }
    return policy;
}

ObjectRef refOf(const AuthenticationPolicy &policy)
{
    return {policy.nameSpace.isEmpty() ? u"MeshPolicy"_s : u"Policy"_s, policy.nameSpace, policy.name};
}

ObjectRef refOf(const PeerAuthentication &policy)
{
    return {u"PeerAuthentication"_s, policy.nameSpace, policy.name};
}

} // namespace models
