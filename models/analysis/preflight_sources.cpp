// SPDX-License-Identifier: GPL-3.0-or-later
// Which kinds each check stands on: one that was not read, or of one namespace only, leaves the check open, whatever it has
// found or not.
#include "models/analysis/preflight_scene.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct Source
{
    const char *checks, *plurals; // names with spaces between
};

constexpr Source sources[]{
    {"C1 S5", "serviceentries"},
    {"C1", "destinationrules"},
    {"C2", "sidecars"},
    {"C6", "networkpolicies"},
    {"C7 T4", "cronjobs"},
    {"C7", "jobs"},
    {"S5", "workloadentries workloadgroups"},
    {"K2",
     "mutatingwebhookconfigurations validatingwebhookconfigurations customresourcedefinitions apiservices"},
    {"K3", "ingresses ingressclasses gateways gatewayclasses httproutes"},
    {"K4", "servicemonitors podmonitors"},
    {"E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E11", "deployments daemonsets"}, // where other edges may be
    {"E2 E6", "mappings ingresses ingressclasses tcpmappings"},
    {"E2 E3 E4 E5", "tlscontexts"},
    {"E7", "authservices ratelimitservices logservices tracingservices tcpmappings"},
    {"P10 X4", "deployments"},
    {"X2", "configmaps"},
};

QStringList namesIn(const char *list) { return QString::fromLatin1(list).split(u' '); }

} // namespace

void skipUnread(PreflightScene &scene)
{
    for (const Source &source : sources) {
        for (const QString &plural : namesIn(source.plurals)) {
            if (!scene.isUnread(plural))
                continue;
            for (const QString &check : namesIn(source.checks))
                scene.skip(check, scene.whyUnread(plural));
        }
    }
}

} // namespace models
