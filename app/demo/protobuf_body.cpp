// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/protobuf_body.h"

#include "app/demo/base64.h"

#include <map>

namespace demo {

namespace {

// Field numbers of Kubernetes' generated.proto files: TYPE: NUMBER=NAME:KIND …  Kinds: s string, i integer, b boolean, B bytes
// (base64 in JSON), t a time, m a map of strings, M a map of bytes, Q a map of quantities, [x] repeated, a type's name; I an integer that
// is written where it is set only, so that a zero is one.
const char Messages[] = R"(
ObjectMeta: 1=name:s 2=generateName:s 3=namespace:s 4=selfLink:s 5=uid:s 6=resourceVersion:s 7=generation:i 8=creationTimestamp:t 11=labels:m
  12=annotations:m 13=ownerReferences:[OwnerReference] 14=finalizers:[s]
OwnerReference: 1=kind:s 3=name:s 4=uid:s 5=apiVersion:s 6=controller:b 7=blockOwnerDeletion:b
Namespace: 1=metadata:ObjectMeta 2=spec:NamespaceSpec
NamespaceSpec: 1=finalizers:[s]
ConfigMap: 1=metadata:ObjectMeta 2=data:m 3=binaryData:M 4=immutable:b
Secret: 1=metadata:ObjectMeta 2=data:M 3=type:s 4=stringData:m 5=immutable:b
ServiceAccount: 1=metadata:ObjectMeta
Service: 1=metadata:ObjectMeta 2=spec:ServiceSpec
ServiceSpec: 1=ports:[ServicePort] 2=selector:m 3=clusterIP:s 4=type:s 7=sessionAffinity:s 10=externalName:s
ServicePort: 1=name:s 2=protocol:s 3=port:i 4=targetPort:IntOrString 5=nodePort:i 6=appProtocol:s
SelfSubjectAccessReview: 1=metadata:ObjectMeta 2=spec:AccessSpec
SubjectAccessReview: 1=metadata:ObjectMeta 2=spec:AccessSpec
AccessSpec: 1=resourceAttributes:ResourceAttributes 2=nonResourceAttributes:NonResourceAttributes 3=user:s 4=groups:[s]
ResourceAttributes: 1=namespace:s 2=verb:s 3=group:s 4=version:s 5=resource:s 6=subresource:s 7=name:s
NonResourceAttributes: 1=path:s 2=verb:s
SelfSubjectRulesReview: 1=metadata:ObjectMeta 2=spec:RulesSpec
RulesSpec: 1=namespace:s
SelfSubjectReview: 1=metadata:ObjectMeta
HorizontalPodAutoscaler@autoscaling/v1: 1=metadata:ObjectMeta 2=spec:AutoscalerSpec1
AutoscalerSpec1: 1=scaleTargetRef:CrossVersionObjectReference 2=minReplicas:I 3=maxReplicas:i 4=targetCPUUtilizationPercentage:I
HorizontalPodAutoscaler@autoscaling/v2: 1=metadata:ObjectMeta 2=spec:AutoscalerSpec2
AutoscalerSpec2: 1=scaleTargetRef:CrossVersionObjectReference 2=minReplicas:I 3=maxReplicas:i 4=metrics:[MetricSpec]
CrossVersionObjectReference: 1=kind:s 2=name:s 3=apiVersion:s
MetricSpec: 1=type:s 4=resource:ResourceMetricSource
ResourceMetricSource: 1=name:s 2=target:MetricTarget
MetricTarget: 1=type:s 4=averageUtilization:I
TokenRequest: 1=metadata:ObjectMeta 2=spec:TokenRequestSpec
TokenRequestSpec: 1=audiences:[s] 3=boundObjectRef:BoundObjectReference 4=expirationSeconds:I
BoundObjectReference: 1=kind:s 2=apiVersion:s 3=name:s 4=uid:s
Role: 1=metadata:ObjectMeta 2=rules:[PolicyRule]
ClusterRole: 1=metadata:ObjectMeta 2=rules:[PolicyRule]
PolicyRule: 1=verbs:[s] 2=apiGroups:[s] 3=resources:[s] 4=resourceNames:[s] 5=nonResourceURLs:[s]
RoleBinding: 1=metadata:ObjectMeta 2=subjects:[Subject] 3=roleRef:RoleRef
ClusterRoleBinding: 1=metadata:ObjectMeta 2=subjects:[Subject] 3=roleRef:RoleRef
Subject: 1=kind:s 2=apiGroup:s 3=name:s 4=namespace:s
RoleRef: 1=apiGroup:s 2=kind:s 3=name:s
Deployment: 1=metadata:ObjectMeta 2=spec:DeploymentSpec
DeploymentSpec: 1=replicas:I 2=selector:LabelSelector 3=template:PodTemplateSpec 4=strategy:DeploymentStrategy 5=minReadySeconds:i
  6=revisionHistoryLimit:I 7=paused:b 9=progressDeadlineSeconds:I
DeploymentStrategy: 1=type:s 2=rollingUpdate:RollingUpdateDeployment
RollingUpdateDeployment: 1=maxUnavailable:IntOrString 2=maxSurge:IntOrString
CronJob: 1=metadata:ObjectMeta 2=spec:CronJobSpec
CronJobSpec: 1=schedule:s 2=startingDeadlineSeconds:I 3=concurrencyPolicy:s 4=suspend:b 5=jobTemplate:JobTemplateSpec
  6=successfulJobsHistoryLimit:I 7=failedJobsHistoryLimit:I 8=timeZone:s
JobTemplateSpec: 1=metadata:ObjectMeta 2=spec:JobSpec
PodDisruptionBudget: 1=metadata:ObjectMeta 2=spec:PodDisruptionBudgetSpec
PodDisruptionBudgetSpec: 1=minAvailable:IntOrString 2=selector:LabelSelector 3=maxUnavailable:IntOrString 4=unhealthyPodEvictionPolicy:s
Ingress: 1=metadata:ObjectMeta 2=spec:IngressSpec
IngressSpec: 1=defaultBackend:IngressBackend 2=tls:[IngressTLS] 3=rules:[IngressRule] 4=ingressClassName:s
IngressRule: 1=host:s 2=*:IngressRuleValue
IngressRuleValue: 1=http:HTTPIngressRuleValue
HTTPIngressRuleValue: 1=paths:[HTTPIngressPath]
HTTPIngressPath: 1=path:s 2=backend:IngressBackend 3=pathType:s
IngressBackend: 4=service:IngressServiceBackend
IngressServiceBackend: 1=name:s 2=port:ServiceBackendPort
ServiceBackendPort: 1=name:s 2=number:i
IngressTLS: 1=hosts:[s] 2=secretName:s
PriorityClass: 1=metadata:ObjectMeta 2=value:i 3=globalDefault:b 4=description:s 5=preemptionPolicy:s
ResourceQuota: 1=metadata:ObjectMeta 2=spec:ResourceQuotaSpec
ResourceQuotaSpec: 1=hard:Q 2=scopes:[s]
Quantity: 1=string:s
Job: 1=metadata:ObjectMeta 2=spec:JobSpec
JobSpec: 1=parallelism:i 2=completions:i 3=activeDeadlineSeconds:i 4=selector:LabelSelector 5=manualSelector:b 6=template:PodTemplateSpec
  7=backoffLimit:i 8=ttlSecondsAfterFinished:i
LabelSelector: 1=matchLabels:m
PodTemplateSpec: 1=metadata:ObjectMeta 2=spec:PodSpec
PodSpec: 2=containers:[Container] 3=restartPolicy:s 4=terminationGracePeriodSeconds:i 5=activeDeadlineSeconds:i 6=dnsPolicy:s 7=nodeSelector:m
  8=serviceAccountName:s 9=serviceAccount:s
Container: 1=name:s 2=image:s 3=command:[s] 4=args:[s] 5=workingDir:s 6=ports:[ContainerPort] 7=env:[EnvVar] 14=imagePullPolicy:s
ContainerPort: 1=name:s 2=hostPort:i 3=containerPort:i 4=protocol:s 5=hostIP:s
EnvVar: 1=name:s 2=value:s
)";

struct Field
{
    std::string name, kind;
};
using Message = std::map<std::uint64_t, Field>;

std::map<std::string, Message> readMessages()
{
    std::map<std::string, Message> messages;
    std::string_view text = Messages;
    Message *current = nullptr;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string word(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = word.find('='), colon = word.find(':');
        if (word.empty())
            continue;
        if (equals == std::string::npos)
            current = &messages[word.substr(0, colon)];
        else if (current)
            current->emplace(std::stoull(word.substr(0, equals)),
                             Field{word.substr(equals + 1, colon - equals - 1), word.substr(colon + 1)});
    }
    return messages;
}

const Message *messageOf(const std::string &type)
{
    static const std::map<std::string, Message> messages = readMessages();
    const auto found = messages.find(type);
    return found == messages.end() ? nullptr : &found->second;
}

struct Item // one field on the wire
{
    std::uint64_t field = 0, number = 0;
    std::string_view bytes;
};

std::optional<std::uint64_t> varint(std::string_view &data)
{
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64 && !data.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(data.front());
        data.remove_prefix(1);
        number |= std::uint64_t(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
    return {};
}

std::optional<Item> nextItem(std::string_view &data)
{
    const auto tag = varint(data);
    if (!tag)
        return {};
    Item item{*tag >> 3, 0, {}};
    if ((*tag & 7) == 0) {
        const auto number = varint(data);
        item.number = number.value_or(0);
        return number ? std::optional(item) : std::nullopt;
    }
    const auto size = (*tag & 7) == 2 ? varint(data) : std::nullopt;
    if (!size || *size > data.size())
        return {};
    item.bytes = data.substr(0, std::size_t(*size));
    data.remove_prefix(std::size_t(*size));
    return item;
}

std::optional<Value> readMessage(std::string_view data, const std::string &type, int depth);

std::optional<Value> readField(const Item &item, const std::string &kind, int depth)
{
    if (kind == "s")
        return Value(item.bytes);
    if (kind == "B")
        return Value(base64(item.bytes));
    if (kind == "i" || kind == "I")
        return Value(std::int64_t(item.number));
    if (kind == "b")
        return Value(item.number != 0);
    if (kind == "t")
        return Value();          // a new object's is empty
    if (kind == "IntOrString") { // 1 type (0 integer, 1 string), 2 integer, 3 string
        std::map<std::uint64_t, Item> parts;
        std::string_view data = item.bytes;
        while (!data.empty()) {
            const auto part = nextItem(data);
            if (!part)
                return {};
            parts[part->field] = *part;
        }
        return parts[1].number == 1 ? Value(parts[3].bytes) : Value(std::int64_t(parts[2].number));
    }
    return readMessage(item.bytes, kind, depth + 1);
}

bool addEntry(Value &map, std::string_view data, const char *kind)
{
    std::string key;
    Value value = "";
    while (!data.empty()) {
        const auto item = nextItem(data);
        if (!item)
            return false;
        if (item->field == 1)
            key = item->bytes;
        else if (item->field == 2)
            value = readField(*item, kind, 0).value_or(Value());
    }
    if (value.isObject()) // a quantity
        value = value["string"];
    map.set(key, std::move(value));
    return true;
}

bool isEmpty(const Value &value)
{
    return value.isNull() || (value.isString() && value.text().empty())
        || (value.isNumber() && value.toInteger() == 0);
}

std::optional<Value> readMessage(std::string_view data, const std::string &type, int depth)
{
    const Message *message = messageOf(type);
    if (!message || depth > 20)
        return {};
    Value value = Value::object();
    while (!data.empty()) {
        const auto item = nextItem(data);
        if (!item)
            return {};
        const auto known = message->find(item->field);
        if (known == message->end())
            continue;
        const auto &[name, kind] = known->second;
        if (kind == "m" || kind == "M" || kind == "Q") {
            if (!addEntry(value.child(name), item->bytes, kind == "m" ? "s" : kind == "M" ? "B" : "Quantity"))
                return {};
            continue;
        }
        const bool isRepeated = kind.front() == '[';
        auto field = readField(*item, isRepeated ? kind.substr(1, kind.size() - 2) : kind, depth);
        if (!field)
            return {};
        if (name == "*") { // what Go embeds: its fields are the message's own
            for (const auto &[inner, part] : field->members())
                value.set(inner, part);
            continue;
        }
        if (isRepeated)
            value.child(name).push(std::move(*field));
        else if (kind == "I" || !isEmpty(*field)) // generated code writes every field, also the empty ones
            value.set(name, std::move(*field));
    }
    return value;
}

} // namespace

bool hasProtobufPrefix(std::string_view body) { return body.starts_with(std::string_view("k8s\0", 4)); }

std::optional<Value> readProtobuf(std::string_view body)
{
    if (!hasProtobufPrefix(body))
        return {};
    body.remove_prefix(4);
    std::string apiVersion, kind;
    std::string_view raw;
    while (!body.empty()) {
        const auto item = nextItem(body);
        if (!item)
            return {};
        if (item->field == 2)
            raw = item->bytes;
        std::string_view meta = item->field == 1 ? item->bytes : std::string_view();
        while (!meta.empty()) {
            const auto part = nextItem(meta);
            if (!part)
                return {};
            (part->field == 1 ? apiVersion : kind) = part->bytes;
        }
    }
    const std::string ofVersion = kind + "@" + apiVersion;
    auto object = readMessage(raw, messageOf(ofVersion) ? ofVersion : kind, 0);
    if (object) {
        object->set("apiVersion", apiVersion);
        object->set("kind", kind);
    }
    return object;
}

} // namespace demo
