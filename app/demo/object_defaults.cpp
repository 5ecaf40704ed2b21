// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_autoscaler.h"
#include "app/demo/base64.h"
#include "app/demo/object_meta.h"
#include "app/demo/resource_kinds.h"

namespace demo {

namespace {

void setIfAbsent(Value &object, std::string_view key, Value value)
{
    if (!object.find(key))
        object.set(key, std::move(value));
}

void completeSecret(Value &secret)
{
    setIfAbsent(secret, "type", "Opaque");
    const Value texts = secret["stringData"];
    for (const auto &[key, text] : texts.members())
        secret.child("data").set(key, base64(text.text()));
    secret.erase("stringData");
}

std::string freeClusterIp(Allocations &allocations)
{
    const unsigned number = ++allocations.lastClusterIp;
    return "10.96." + std::to_string(number / 250 % 250) + "." + std::to_string(number % 250 + 1);
}

void completeService(Value &service, Allocations &allocations)
{
    Value &spec = service.child("spec");
    setIfAbsent(spec, "type", "ClusterIP");
    setIfAbsent(spec, "sessionAffinity", "None");
    const std::string type = spec["type"].text();
    if (type != "ExternalName") {
        if (spec["clusterIP"].text().empty())
            spec.set("clusterIP", freeClusterIp(allocations));
        setIfAbsent(spec, "clusterIPs", Value::array({spec["clusterIP"]}));
        setIfAbsent(spec, "ipFamilies", Value::array({"IPv4"}));
        setIfAbsent(spec, "ipFamilyPolicy", "SingleStack");
        setIfAbsent(spec, "internalTrafficPolicy", "Cluster");
    }
    if (type == "LoadBalancer" || type == "NodePort")
        setIfAbsent(spec, "externalTrafficPolicy", "Cluster");
    if (type == "LoadBalancer")
        setIfAbsent(spec, "allocateLoadBalancerNodePorts", true);
    if (spec.find("ports")) {
        for (Value &port : spec.child("ports").mutableItems()) {
            setIfAbsent(port, "protocol", "TCP");
            setIfAbsent(port, "port", 0); // as Go has it
            setIfAbsent(port, "targetPort", port["port"]);
            if (type == "LoadBalancer" || type == "NodePort")
                setIfAbsent(port, "nodePort", ++allocations.lastNodePort);
        }
    }
    Value &status = service.child("status");
    setIfAbsent(status, "loadBalancer", Value::object());
}

void completeContainer(Value &container)
{
    const std::string &image = container["image"].text();
    const bool isLatest =
        image.find(':', image.rfind('/') == std::string::npos ? 0 : image.rfind('/')) == std::string::npos
        || image.ends_with(":latest");
    setIfAbsent(container, "imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
    setIfAbsent(container, "resources", Value::object());
    setIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
    setIfAbsent(container, "terminationMessagePolicy", "File");
    if (container.find("ports")) {
        for (Value &port : container.child("ports").mutableItems())
            setIfAbsent(port, "protocol", "TCP");
    }
}

void completePodSpec(Value &spec, const char *restartPolicy)
{
    setIfAbsent(spec, "dnsPolicy", "ClusterFirst");
    setIfAbsent(spec, "restartPolicy", restartPolicy);
    setIfAbsent(spec, "schedulerName", "default-scheduler");
    setIfAbsent(spec, "securityContext", Value::object());
    setIfAbsent(spec, "terminationGracePeriodSeconds", 30);
    for (const char *list : {"initContainers", "containers"}) {
        if (!spec.find(list))
            continue;
        for (Value &container : spec.child(list).mutableItems())
            completeContainer(container);
    }
    if (const Value *account = spec.find("serviceAccountName"))
        setIfAbsent(spec, "serviceAccount", *account);
}

void completePod(Value &pod)
{
    Value &spec = pod.child("spec");
    completePodSpec(spec, "Always");
    setIfAbsent(spec, "enableServiceLinks", true);
    setIfAbsent(spec, "serviceAccountName", "default");
    setIfAbsent(spec, "serviceAccount", spec["serviceAccountName"]);
    setIfAbsent(spec, "preemptionPolicy", "PreemptLowerPriority");
    setIfAbsent(spec, "priority", 0);
    Value &status = pod.child("status");
    setIfAbsent(status, "phase", "Pending");
    setIfAbsent(status, "qosClass", "BestEffort");
}

void completeDeployment(Value &deployment)
{
    Value &spec = deployment.child("spec");
    setIfAbsent(spec, "progressDeadlineSeconds", 600);
    setIfAbsent(spec, "replicas", 1);
    setIfAbsent(spec, "revisionHistoryLimit", 10);
    Value &strategy = spec.child("strategy");
    setIfAbsent(strategy, "type", "RollingUpdate");
    if (strategy["type"].text() == "RollingUpdate") {
        Value &rolling = strategy.child("rollingUpdate");
        setIfAbsent(rolling, "maxSurge", "25%");
        setIfAbsent(rolling, "maxUnavailable", "25%");
    }
    completePodSpec(spec.child("template").child("spec"), "Always");
    setIfAbsent(deployment, "status", Value::object());
}

void completeJobSpec(Value &spec)
{
    setIfAbsent(spec, "backoffLimit", 6);
    setIfAbsent(spec, "completionMode", "NonIndexed");
    setIfAbsent(spec, "completions", 1);
    setIfAbsent(spec, "parallelism", 1);
    setIfAbsent(spec, "suspend", false);
    completePodSpec(spec.child("template").child("spec"), "Never");
}

void completeCronJob(Value &job)
{
    Value &spec = job.child("spec");
    setIfAbsent(spec, "concurrencyPolicy", "Allow");
    setIfAbsent(spec, "failedJobsHistoryLimit", 1);
    setIfAbsent(spec, "successfulJobsHistoryLimit", 3);
    setIfAbsent(spec, "suspend", false);
    completePodSpec(spec.child("jobTemplate").child("spec").child("template").child("spec"), "Never");
    setIfAbsent(job, "status", Value::object());
}

void completeJob(Value &job)
{
    completeJobSpec(job.child("spec"));
    Value &spec = job.child("spec");
    if (!spec.find("selector")) {
        spec.child("selector").child("matchLabels").set("batch.kubernetes.io/controller-uid", uidOf(job));
        Value &labels = spec.child("template").child("metadata").child("labels");
        labels.set("batch.kubernetes.io/controller-uid", uidOf(job));
        labels.set("batch.kubernetes.io/job-name", nameOf(job));
        labels.set("job-name", nameOf(job));
    }
    setIfAbsent(job, "status", Value::object());
}

void completeReplicaSet(Value &set)
{
    Value &spec = set.child("spec");
    setIfAbsent(spec, "replicas", 1);
    completePodSpec(spec.child("template").child("spec"), "Always");
    setIfAbsent(set.child("status"), "replicas", 0);
}

void completeNamespace(Value &space)
{
    space.child("metadata").child("labels").set("kubernetes.io/metadata.name", nameOf(space));
    setIfAbsent(space.child("spec"), "finalizers", Value::array({"kubernetes"}));
    setIfAbsent(space.child("status"), "phase", "Active");
}

void completeNetworkPolicy(Value &policy)
{
    Value &spec = policy.child("spec");
    if (!spec.find("policyTypes")) {
        Value types = Value::array({"Ingress"});
        if (!spec["egress"].items().empty())
            types.push("Egress");
        spec.set("policyTypes", std::move(types));
    }
}

void completeWebhooks(Value &configuration, bool mutates)
{
    if (!configuration.find("webhooks"))
        return;
    for (Value &hook : configuration.child("webhooks").mutableItems()) {
        setIfAbsent(hook, "failurePolicy", "Fail");
        setIfAbsent(hook, "matchPolicy", "Equivalent");
        setIfAbsent(hook, "namespaceSelector", Value::object());
        setIfAbsent(hook, "objectSelector", Value::object());
        setIfAbsent(hook, "timeoutSeconds", 10);
        if (mutates)
            setIfAbsent(hook, "reinvocationPolicy", "Never");
        if (Value &client = hook.child("clientConfig"); client.find("service"))
            setIfAbsent(client.child("service"), "port", 443);
    }
}

} // namespace

void completeNew(const ResourceKind &kind, Value &object, Allocations &allocations)
{
    static const std::map<std::string_view, void (*)(Value &)> completions{
        {"Secret", completeSecret},
        {"Pod", completePod},
        {"Deployment", completeDeployment},
        {"ReplicaSet", completeReplicaSet},
        {"CronJob", completeCronJob},
        {"Job", completeJob},
        {"Namespace", completeNamespace},
        {"HorizontalPodAutoscaler", completeAutoscaler},
        {"NetworkPolicy", completeNetworkPolicy},
        {"MutatingWebhookConfiguration", [](Value &hooks) { completeWebhooks(hooks, true); }},
        {"ValidatingWebhookConfiguration", [](Value &hooks) { completeWebhooks(hooks, false); }},
    };
    if (!kind.isBuiltIn)
        return;
    if (kind.kind == "Service")
        return completeService(object, allocations);
    const auto found = completions.find(kind.kind);
    if (found != completions.end())
        found->second(object);
}

} // namespace demo
