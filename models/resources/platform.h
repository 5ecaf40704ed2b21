// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who calls pods from outside the mesh by the cluster's own doing: webhooks, conversions and aggregated APIs
// that the API server calls, jobs that run now and then, Ingresses of other controllers.
#include "models/resources/finding.h"
#include "models/resources/workload.h"

namespace models {

struct ServiceHook // the API server calls this Service
{
    ObjectRef object; // MutatingWebhookConfiguration …, CustomResourceDefinition, APIService
    QString webhook;  // its name within the configuration, "" else
    QString path;     // webhooks[0].clientConfig.service
    QString nameSpace, service;
    QString url = {};     // that names it, where the object does not name a Service as such
    QString address = {}; // of that URL, where it is one; the Service is whoever has it
    int port = 443;
    bool failsClosed = true; // failurePolicy: Fail
};
// Empty unless the object is one of those kinds and names a Service, or by a URL one of the cluster's names for it or an
// address.
QList<ServiceHook> parseServiceHooks(const edge::Value &object);

struct CronJob
{
    QString nameSpace, name, schedule;
    bool suspended = false;
    Labels podLabels, podAnnotations;
};
CronJob parseCronJob(const edge::Value &object);

struct Job
{
    QString nameSpace, name;
    QString cronJob;     // that made it; "" none
    bool failed = false; // it has given up
    Labels podLabels, podAnnotations;
    bool isOver = false;      // it has come to its end, or given up
    bool isSuspended = false; // nobody has let it begin
};
Job parseJob(const edge::Value &object);

struct Ingress
{
    struct Backend
    {
        QString service, port; // in its own namespace; number or name
        QString path;          // spec.rules[0].http.paths[1].backend
    };
    QString nameSpace, name, className;
    bool isByAnnotation = false; // the class is meant by what each controller calls itself
    QList<Backend> backends;     // each once
};
Ingress parseIngress(const edge::Value &object);

struct IngressClass
{
    QString name, controller; // "k8s.io/ingress-nginx"
    bool isDefault = false;   // of Ingresses without a class
};
IngressClass parseIngressClass(const edge::Value &object);

} // namespace models
