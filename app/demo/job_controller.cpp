// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/job_controller.h"

#include "app/demo/injection.h"
#include "app/demo/object_meta.h"

#include <algorithm>
#include <sstream>

namespace demo {

namespace {

constexpr std::int64_t MinutesOfWeek = 7 * 24 * 60;
constexpr std::size_t KeptSuccesses = 3, KeptFailures = 1; // Kubernetes' own defaults

std::int64_t minuteNow() { return readTime(timeNow()).value_or(0) / 60; }

bool fieldNames(const std::string &field, std::int64_t value)
{
    std::istringstream parts(field);
    for (std::string part; std::getline(parts, part, ',');) {
        if (part == "*")
            return true;
        if (part.starts_with("*/") && std::atoi(part.c_str() + 2) > 0
            && value % std::atoi(part.c_str() + 2) == 0)
            return true;
        if (!part.empty() && part.find_first_not_of("0123456789") == std::string::npos
            && std::stoll(part) == value)
            return true;
    }
    return false;
}

std::vector<ObjectPtr> ownedBy(const Store &store, const ResourceKind &kind, const Value &owner)
{
    std::vector<ObjectPtr> owned = store.list(kind, namespaceOf(owner));
    std::erase_if(owned, [&owner](const ObjectPtr &object) {
        const auto &owners = object->at({"metadata", "ownerReferences"}).items();
        return std::none_of(owners.begin(), owners.end(),
                            [&owner](const Value &each) { return each["uid"].text() == uidOf(owner); });
    });
    return owned;
}

const Value *conditionOf(const Value &job, std::string_view type)
{
    for (const Value &condition : job.at({"status", "conditions"}).items()) {
        if (condition["type"].text() == type && condition["status"].text() == "True")
            return &condition;
    }
    return nullptr;
}

} // namespace

std::optional<std::int64_t> nextMinute(const std::string &schedule, std::int64_t minute)
{
    std::istringstream text(schedule);
    std::vector<std::string> fields;
    for (std::string field; text >> field;)
        fields.push_back(field);
    if (fields.size() != 5
        || std::any_of(fields.begin() + 2, fields.end(), [](const auto &each) { return each != "*"; }))
        return {};
    for (std::int64_t next = minute + 1; next <= minute + MinutesOfWeek; ++next) {
        if (fieldNames(fields[0], next % 60) && fieldNames(fields[1], next / 60 % 24))
            return next;
    }
    return {};
}

JobController::JobController(asio::io_context &loop, Store &store)
    : m_store(store)
    , m_cronJobs(loop, [this](const JobKey &key) { reconcileCronJob(key); })
    , m_jobs(loop, [this](const JobKey &key) { reconcileJob(key); })
    , m_clock(loop)
    , m_events(store, {"job-controller"})
    , m_subscription(store.subscribe([this](const StoreEvent &event) { noteChange(event); }))
{
}

JobController::~JobController() { m_store.unsubscribe(m_subscription); }

void JobController::noteChange(const StoreEvent &event)
{
    const JobKey key{namespaceOf(*event.object), nameOf(*event.object)};
    if (event.kind->group == "batch" && event.kind->plural == "cronjobs")
        m_cronJobs.add(key);
    if (event.kind->group == "batch" && event.kind->plural == "jobs")
        m_jobs.add(key);
    if (event.kind->plural == "deployments" && key.first == "istio-system")
        retryHeldUp();
    for (const Value &owner : event.object->at({"metadata", "ownerReferences"}).items()) {
        if (owner["kind"].text() == "Job")
            m_jobs.add({key.first, owner["name"].text()});
        else if (owner["kind"].text() == "CronJob")
            m_cronJobs.add({key.first, owner["name"].text()});
    }
}

// istiod may answer again: what its webhook held up is tried anew.
void JobController::retryHeldUp()
{
    for (const ObjectPtr &job : m_store.list(*m_store.find("batch", "jobs"))) {
        if (job->at({"status", "active"}).toInteger() == 0)
            m_jobs.add({namespaceOf(*job), nameOf(*job)});
    }
}

void JobController::reconcileCronJob(const JobKey &key)
{
    const ObjectPtr cronJob = m_store.get(*m_store.find("batch", "cronjobs"), key.first, key.second);
    if (!cronJob || cronJob->at({"spec", "suspend"}).toBool()) {
        m_next.erase(key);
        cronJob ? void(m_suspended.insert(key)) : void(m_suspended.erase(key));
        return;
    }
    const auto next = nextMinute(cronJob->at({"spec", "schedule"}).text(), minuteNow());
    if (m_suspended.erase(key) > 0 && next)
        startJob(*cronJob, minuteNow());
    else if (const auto known = m_next.find(key); known != m_next.end() && known->second <= minuteNow())
        startJob(*cronJob, known->second);
    if (next)
        m_next[key] = *next;
    dropOldJobs(*cronJob);
    if (!m_next.empty() && !m_clock.isArmed())
        m_clock.after(std::chrono::seconds(1), [this] { tick(); });
}

void JobController::tick()
{
    for (const auto &[key, minute] : m_next) {
        if (minute <= minuteNow())
            m_cronJobs.add(key);
    }
    if (!m_next.empty())
        m_clock.after(std::chrono::seconds(1), [this] { tick(); });
}

void JobController::startJob(const Value &cronJob, std::int64_t minute)
{
    Value job = Value::object({{"apiVersion", "batch/v1"}, {"kind", "Job"}});
    Value metadata = cronJob.at({"spec", "jobTemplate", "metadata"});
    metadata.set("name", nameOf(cronJob) + "-" + std::to_string(minute));
    metadata.set("namespace", namespaceOf(cronJob));
    metadata.child("annotations")
        .set("batch.kubernetes.io/cronjob-scheduled-timestamp", timeText(minute * 60));
    metadata.set("ownerReferences", Value::array({ownerReference("batch/v1", cronJob)}));
    job.set("metadata", std::move(metadata));
    job.set("spec", cronJob.at({"spec", "jobTemplate", "spec"}));
    if (!m_store.create(*m_store.find("batch", "jobs"), std::move(job)))
        return; // that minute's is there already
    Value changed = cronJob;
    changed.child("status").set("lastScheduleTime", timeText(minute * 60));
    changed.child("metadata").erase("resourceVersion");
    (void)m_store.update(*m_store.find("batch", "cronjobs"), std::move(changed));
}

void JobController::dropOldJobs(const Value &cronJob)
{
    const ResourceKind &kind = *m_store.find("batch", "jobs");
    std::vector<ObjectPtr> jobs = ownedBy(m_store, kind, cronJob);
    std::sort(jobs.begin(), jobs.end(), [](const ObjectPtr &one, const ObjectPtr &other) {
        return nameOf(*one) > nameOf(*other); // newest first: the name ends with the minute
    });
    std::size_t successes = 0;
    std::size_t failures = 0;
    for (const ObjectPtr &job : jobs) {
        const bool isTooMany = (conditionOf(*job, "Complete") && ++successes > KeptSuccesses)
            || (conditionOf(*job, "Failed") && ++failures > KeptFailures);
        if (isTooMany)
            (void)m_store.remove(kind, namespaceOf(*job), nameOf(*job));
    }
}

void JobController::reconcileJob(const JobKey &key)
{
    const ResourceKind &kind = *m_store.find("batch", "jobs");
    const ObjectPtr job = m_store.get(kind, key.first, key.second);
    if (!job || isDeleting(*job) || conditionOf(*job, "Complete") || conditionOf(*job, "Failed"))
        return;
    const std::vector<ObjectPtr> pods = ownedBy(m_store, *m_store.find("", "pods"), *job);
    const auto inPhase = [&pods](std::string_view phase) {
        return std::count_if(pods.begin(), pods.end(), [phase](const ObjectPtr &pod) {
            return pod->at({"status", "phase"}).text() == phase;
        });
    };
    const std::int64_t succeeded = inPhase("Succeeded");
    const std::int64_t failed = inPhase("Failed");
    const bool gaveUp = failed > job->at({"spec", "backoffLimit"}).toInteger(6);
    if (succeeded == 0 && !gaveUp && std::size_t(failed) == pods.size())
        return createPod(*job); // its event brings us back
    Value changed = *job;
    Value &status = changed.child("status");
    if (!status["startTime"].isString())
        status.set("startTime", timeNow());
    const auto note = [&status](const char *field, std::int64_t count) {
        count > 0 ? void(status.set(field, count)) : void(status.erase(field));
    };
    note("active", std::int64_t(pods.size()) - succeeded - failed);
    note("succeeded", succeeded);
    note("failed", failed);
    if (succeeded > 0 || gaveUp) {
        const std::string now = timeNow();
        status.child("conditions")
            .push(Value::object({{"type", gaveUp ? "Failed" : "Complete"},
                                 {"status", "True"},
                                 {"reason", gaveUp ? "BackoffLimitExceeded" : "CompletionsReached"},
                                 {"lastProbeTime", now},
                                 {"lastTransitionTime", now}}));
        if (!gaveUp)
            status.set("completionTime", now);
    }
    changed.child("metadata").erase("resourceVersion");
    (void)m_store.update(kind, std::move(changed));
    if (gaveUp)
        m_events.warning(*job, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
    else if (succeeded > 0)
        m_events.normal(*job, "Completed", "Job completed");
}

void JobController::createPod(const Value &job)
{
    Value pod = Value::object({{"apiVersion", "v1"}, {"kind", "Pod"}});
    Value metadata = job.at({"spec", "template", "metadata"});
    metadata.set("generateName", nameOf(job) + "-");
    metadata.set("namespace", namespaceOf(job));
    metadata.child("labels").set("batch.kubernetes.io/job-name", nameOf(job));
    metadata.child("labels").set("job-name", nameOf(job));
    metadata.set("ownerReferences", Value::array({ownerReference("batch/v1", job)}));
    pod.set("metadata", std::move(metadata));
    pod.set("spec", job.at({"spec", "template", "spec"}));
    pod.set("status", Value::object({{"phase", "Pending"}}));
    if (const auto refused = injectionTrouble(m_store, pod)) {
        m_events.warning(job, "FailedCreate", "Error creating: " + refused->message);
        return;
    }
    injectSidecar(m_store, pod);
    const auto created = m_store.create(*m_store.find("", "pods"), std::move(pod));
    if (created)
        m_events.normal(job, "SuccessfulCreate", "Created pod: " + nameOf(**created));
    else
        m_events.warning(job, "FailedCreate", "Error creating: " + created.error().message);
}

} // namespace demo
