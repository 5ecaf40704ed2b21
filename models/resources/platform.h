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
    int port = 443;
    bool failsClosed = true; // failurePolicy: Fail
};
// Empty unless the object is one of those kinds and names a Service.
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
};
Job parseJob(const edge::Value &object);

struct ForeignIngress // not Ambassador's and not the mesh's
{
    QString nameSpace, name, className;
    QStringList services; // names, in its own namespace
};
ForeignIngress parseIngress(const edge::Value &object);

} // namespace models
