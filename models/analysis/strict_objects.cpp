// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_objects.h"

namespace models {

namespace {

using edge::Value;

const QLatin1String ApiVersion("security.istio.io/v1beta1");

Value labelsValue(const Labels &labels)
{
    Value value = Value::object();
    for (auto label = labels.begin(); label != labels.end(); ++label)
        value.set(label.key().toStdString(), label.value().toStdString());
    return value;
}

Value targetsValue(const QList<AuthenticationPolicy::Target> &targets)
{
    Value list = Value::array();
    for (const AuthenticationPolicy::Target &target : targets) {
        Value one = Value::object({{"name", target.service.toStdString()}});
        for (const QString &port : target.ports) {
            bool isNumber = false;
            const int number = port.toInt(&isNumber);
            one.child("ports").push(isNumber ? Value::object({{"number", number}})
                                             : Value::object({{"name", port.toStdString()}}));
        }
        list.push(std::move(one));
    }
    return list;
}

} // namespace

// A peer without mtls, or none, is clear text alone.
Value policyObject(const AuthenticationPolicy &policy)
{
    Value peers = Value::array();
    if (policy.mode == MtlsMode::Strict)
        peers.push(Value::object({{"mtls", Value::object()}}));
    else if (policy.mode == MtlsMode::Permissive)
        peers.push(Value::object({{"mtls", Value::object({{"mode", "PERMISSIVE"}})}}));
    for (const Value &peer : policy.spec["peers"].items()) {
        if (!peer.find("mtls"))
            peers.push(peer);
    }
    Value spec = policy.spec.isObject() ? policy.spec : Value::object();
    if (spec["targets"].isNull() && !policy.targets.isEmpty())
        spec.set("targets", targetsValue(policy.targets));
    spec.set("peers", std::move(peers));
    Value metadata = Value::object({{"name", policy.name.toStdString()}});
    if (!policy.nameSpace.isEmpty())
        metadata.set("namespace", policy.nameSpace.toStdString());
    return Value::object({{"apiVersion", "authentication.istio.io/v1alpha1"},
                          {"kind", policy.nameSpace.isEmpty() ? "MeshPolicy" : "Policy"},
                          {"metadata", std::move(metadata)},
                          {"spec", std::move(spec)}});
}

Value policyObject(const PeerAuthentication &policy)
{
    Value spec = Value::object();
    if (!policy.selector.isEmpty())
        spec.set("selector", Value::object({{"matchLabels", labelsValue(policy.selector)}}));
    if (policy.mode != MtlsMode::Unset)
        spec.set("mtls", Value::object({{"mode", mtlsModeName(policy.mode).toStdString()}}));
    Value ports = Value::object();
    for (auto port = policy.portModes.begin(); port != policy.portModes.end(); ++port)
        ports.set(std::to_string(port.key()),
                  Value::object({{"mode", mtlsModeName(port.value()).toStdString()}}));
    if (!policy.portModes.isEmpty())
        spec.set("portLevelMtls", std::move(ports));
    return Value::object(
        {{"apiVersion", (policy.apiVersion.isEmpty() ? ApiVersion : policy.apiVersion).toStdString()},
         {"kind", "PeerAuthentication"},
         {"metadata",
          Value::object(
              {{"name", policy.name.toStdString()}, {"namespace", policy.nameSpace.toStdString()}})},
         {"spec", std::move(spec)}});
}

Value shadowObject(const QString &nameSpace, const QString &name, const Labels &selector)
{
    Value source = Value::object({{"notPrincipals", Value::array({Value("*")})}});
    Value from = Value::array({Value::object({{"source", std::move(source)}})});
    Value spec = Value::object(
        {{"action", "DENY"}, {"rules", Value::array({Value::object({{"from", std::move(from)}})})}});
    if (!selector.isEmpty())
        spec.set("selector", Value::object({{"matchLabels", labelsValue(selector)}}));
    return Value::object({{"apiVersion", ApiVersion.data()},
                          {"kind", "AuthorizationPolicy"},
                          {"metadata",
                           Value::object({{"name", name.toStdString()},
                                          {"namespace", nameSpace.toStdString()},
                                          {"annotations", Value::object({{"istio.io/dry-run", "true"}})}})},
                          {"spec", std::move(spec)}});
}

} // namespace models
