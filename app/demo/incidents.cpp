// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/incidents.h"

#include "app/demo/api_status.h"
#include "app/demo/base64.h"
#include "app/demo/object_meta.h"

#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace demo {

namespace {

constexpr std::chrono::hours Day{24};

struct ServedName
{
    const char *host, *secret;
};

Value secretOf(const ServedName &served, const std::string &chain, const std::string &key)
{
    Value secret = Value::object({{"apiVersion", "v1"}, {"kind", "Secret"}, {"type", "kubernetes.io/tls"}});
    secret.set("metadata", Value::object({{"name", served.secret}, {"namespace", "ambassador"}}));
    secret.set("data", Value::object({{"tls.crt", base64(chain)}, {"tls.key", base64(key)}}));
    return secret;
}

CertificateWish wishFor(const std::string &host, WallTime from, WallTime until)
{
    CertificateWish wish;
    wish.commonName = host;
    wish.names = {"DNS:" + host, "DNS:*.example.com", "DNS:localhost", "IP:127.0.0.1"};
    wish.notBefore = from;
    wish.notAfter = until;
    return wish;
}

std::vector<Value> signedSecret(const Authority &authority, const ServedName &served, WallTime from,
                                WallTime until)
{
    const auto pair = authority.issue(wishFor(served.host, from, until));
    return pair ? std::vector<Value>{secretOf(served, pair->certificateChain, pair->privateKey)}
                : std::vector<Value>();
}

// The leaf would live for eighty days; what signed it ends in five.
std::vector<Value> shortIntermediate(const Authority &root, const ServedName &served, WallTime now)
{
    const auto middle = root.intermediate("demo intermediate", now + 5 * Day);
    const auto pair = middle ? (*middle)->issue(wishFor(served.host, now - 10 * Day, now + 80 * Day))
                             : edge::Result<KeyPair>(tl::unexpected(middle.error()));
    return pair ? std::vector<Value>{secretOf(served, pair->certificateChain + (*middle)->certificate(),
                                              pair->privateKey)}
                : std::vector<Value>();
}

std::vector<Value> madeCertificates(const std::string &name, const Authority &authority)
{
    const WallTime now = std::chrono::system_clock::now();
    const std::chrono::minutes slack{5}; // so that six days are left for as long as somebody looks
    if (name == "cert-expired")
        return signedSecret(authority, {"edge.example.com", "edge-tls"}, now - 90 * Day, now - Day);
    if (name == "edge-loaded-stale")
        return signedSecret(authority, {"edge.example.com", "edge-tls"}, now - slack, now + 90 * Day);
    if (name == "cert-6d")
        return signedSecret(authority, {"six-days.example.com", "six-days-tls"}, now - 84 * Day,
                            now + 6 * Day + slack);
    if (name == "chain-intermediate-ends-first")
        return shortIntermediate(authority, {"long-leaf.example.com", "long-leaf-tls"}, now);
    return {};
}

// Without the job of that name: as text, since the comments are the user's.
std::string withoutJob(const std::string &configuration, const std::string &job)
{
    const std::size_t from = configuration.find("- job_name: '" + job + "'");
    if (from == std::string::npos)
        return configuration;
    const std::size_t next = configuration.find("- job_name:", from + 1);
    return next == std::string::npos ? configuration.substr(0, from)
                                     : configuration.substr(0, from) + configuration.substr(next);
}

std::vector<Value> missingScrape(const Store &store)
{
    const ObjectPtr map = store.get(*store.find("", "configmaps"), "istio-system", "prometheus");
    if (!map)
        return {};
    Value patch = Value::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}});
    patch.set("metadata", Value::object({{"name", "prometheus"}, {"namespace", "istio-system"}}));
    const std::string text = withoutJob(map->at({"data", "prometheus.yml"}).text(), "ambassador");
    patch.set("data", Value::object({{"prometheus.yml", text}}));
    return {std::move(patch)};
}

// As Emissary 3 and newer install them: stored as v3alpha1, everything else by a webhook, which is not there.
std::vector<Value> webhookConversion(const Store &store)
{
    std::vector<Value> patches;
    const ResourceKind &definitions = *store.find("apiextensions.k8s.io", "customresourcedefinitions");
    for (const char *plural : {"mappings", "hosts", "tlscontexts"}) {
        const ObjectPtr known = store.get(definitions, {}, std::string(plural) + ".getambassador.io");
        if (!known)
            continue;
        Value versions = Value::array();
        Value newest;
        for (Value version : known->at({"spec", "versions"}).items()) {
            version.set("storage", false);
            if (version["name"].text() == "v2" || version["name"].text() == "v3alpha1")
                newest = version;
            if (version["name"].text() != "v3alpha1")
                versions.push(std::move(version));
        }
        newest.set("name", "v3alpha1");
        newest.set("storage", true);
        versions.push(std::move(newest));
        Value service = Value::object({{"name", "emissary-apiext"}, {"namespace", "emissary-system"}});
        service.set("path", "/webhooks/crd-convert");
        service.set("port", 443);
        Value webhook = Value::object({{"clientConfig", Value::object({{"service", std::move(service)}})}});
        webhook.set("conversionReviewVersions", Value::array({"v1"}));
        Value patch =
            Value::object({{"apiVersion", "apiextensions.k8s.io/v1"}, {"kind", "CustomResourceDefinition"}});
        patch.set("metadata", Value::object({{"name", std::string(plural) + ".getambassador.io"}}));
        patch.child("spec").set("versions", std::move(versions));
        patch.child("spec").set("conversion",
                                Value::object({{"strategy", "Webhook"}, {"webhook", std::move(webhook)}}));
        patches.push_back(std::move(patch));
    }
    return patches;
}

StoreResult<std::vector<Value>> writtenObjects(const std::string &name)
{
    QFile file(u":/demo/incidents/"_s + QString::fromStdString(name) + u".yaml"_s);
    if (!file.exists())
        return std::vector<Value>();
    (void)file.open(QIODevice::ReadOnly);
    auto objects =
        edge::parseYaml(file.readAll().toStdString(), "resources/demo/incidents/" + name + ".yaml");
    if (!objects)
        return tl::unexpected(internalError(objects.error().message));
    return std::move(*objects);
}

} // namespace

const std::vector<IncidentInfo> &incidentTable()
{
    static const std::vector<IncidentInfo> all{
        {"cert-expired", "the certificate that the edge shows ended yesterday"},
        {"cert-6d", "the certificate of six-days.example.com ends in six days"},
        {"chain-intermediate-ends-first", "the intermediate of long-leaf.example.com ends before its leaf"},
        {"rotation-stalled", "workload certificates are nine tenths through their life and not renewed"},
        {"edge-loaded-stale", "the edge goes on with certificates that have been renewed since", false, true},
        {"mapping-port-443", "Mapping front/secure-shop makes the edge dial a port that hangs"},
        {"mapping-shadowed", "Mapping front/shop-campaign takes everything that front/shop is for"},
        {"mapping-rejected", "Ambassador drops Mapping shop/sticky-cart"},
        {"canary-over-100", "the weights of /orders/ add up to 130 per cent"},
        {"host-without-secret", "Host ambassador/partners names a Secret that does not exist"},
        {"older-peerauthentication", "an older PERMISSIVE policy beats shop's STRICT one"},
        {"root-ns-selector", "a policy with a selector in istio-system matches nothing"},
        {"dr-disable", "a DestinationRule makes the mesh speak plaintext to shop/orders"},
        {"plaintext-caller", "reports/legacy-report calls orders in plaintext every minute"},
        {"headless-mixed", "a headless Service has a pod without a sidecar: plaintext to all of it"},
        {"webhook-in-scope", "an admission webhook runs in a STRICT pod: writes of ConfigMaps in shop fail"},
        {"prometheus-down", "no pod of Prometheus runs"},
        {"scrape-missing", "Prometheus has no job for Ambassador"},
        {"istiod-down", "no pod of istiod runs: nothing is signed, pushed or validated", false, true},
        {"conversion-webhook-down", "getambassador.io/v2 cannot be read: its conversion webhook is missing"},
        {"api-410", "watches expire: 410 once for each, after a compaction", true},
        {"api-goaway", "the API server closes connections, again and again (GOAWAY over HTTP/2)", true},
        {"api-429", "the API server refuses the next requests with 429 and Retry-After", true},
        {"api-slow", "every answer of the API server comes late", true},
        {"api-half-open", "watches fall silent without an end", true},
        {"api-reset", "the next answers end in the middle: every connection is reset", true},
        {"api-rotate",
         "the API server's certificate and the tokens of the kubeconfig are renewed, the old tokens refused",
         true},
        {"api-foreign-ca",
         "new connections show a certificate of a foreign authority; switched on at run time for a minute",
         true},
        {"token-expired", "every credential is answered 401", true},
        {"rbac-denied", "every request for a resource is answered 403", true},
    };
    return all;
}

const IncidentInfo *findIncident(std::string_view name)
{
    const auto &all = incidentTable();
    const auto found =
        std::find_if(all.begin(), all.end(), [name](const IncidentInfo &each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

Incidents::Incidents(World &world, const Authority &clusterAuthority)
    : m_world(world)
    , m_authority(clusterAuthority)
    , m_generation(readGeneration(world.options.generation).value_or(Generation::Istio110))
{
}

bool Incidents::isOn(const std::string &name) const
{
    return std::any_of(m_active.begin(), m_active.end(),
                       [&name](const Active &active) { return active.name == name; });
}

Value Incidents::listed() const
{
    Value all = Value::array();
    for (const IncidentInfo &each : incidentTable()) {
        if (!each.ofApiServer)
            all.push(Value::object({{"name", each.name}, {"what", each.what}, {"on", isOn(each.name)}}));
    }
    return all;
}

StoreResult<void> Incidents::set(const std::string &name, bool isOn)
{
    const IncidentInfo *known = findIncident(name);
    if (!known || known->ofApiServer)
        return tl::unexpected(StoreError{
            404, "NotFound", "there is no incident " + demo::quoted(name) + "; GET /_sim lists them", {}});
    if (isOn == this->isOn(name))
        return {};
    if (const std::string why = whyNotIn(m_generation, name); !why.empty())
        return tl::unexpected(
            StoreError{422, "Invalid", "the incident " + demo::quoted(name) + " " + why, {}});
    if (isOn) {
        if (auto begun = begin(name); !begun)
            return begun;
    } else {
        end(name);
    }
    updateParts(name);
    return {};
}

StoreResult<std::vector<Value>> Incidents::objectsFor(const std::string &name) const
{
    auto objects = writtenObjects(name);
    if (!objects)
        return objects;
    std::vector<Value> made = madeCertificates(name, m_authority);
    if (name == "scrape-missing")
        made = missingScrape(m_world.store);
    if (name == "conversion-webhook-down")
        made = webhookConversion(m_world.store);
    objects->insert(objects->begin(), made.begin(), made.end()); // a Host's Secret is there before the Host
    for (Value &object : *objects)
        object = asIn(m_generation, std::move(object));
    return objects;
}

StoreResult<void> Incidents::begin(const std::string &name)
{
    if (name == "edge-loaded-stale")
        m_world.edgeKeepsCertificates = true; // before its Secret is renewed
    const auto objects = objectsFor(name);
    ObjectChange change(m_world.store);
    StoreResult<void> applied = objects ? change.apply(*objects) : tl::unexpected(objects.error());
    if (applied)
        m_active.push_back({name, std::move(change)});
    else
        m_world.edgeKeepsCertificates = isOn("edge-loaded-stale");
    return applied;
}

// Later incidents that touch the same objects are taken back first and begun anew.
void Incidents::end(const std::string &name)
{
    const auto ending = std::find_if(m_active.begin(), m_active.end(),
                                     [&name](const Active &active) { return active.name == name; });
    std::vector<std::string> again;
    for (auto later = std::prev(m_active.end()); later != ending; --later) {
        if (!later->change.overlaps(ending->change))
            continue;
        later->change.undo();
        again.push_back(later->name);
    }
    ending->change.undo();
    std::erase_if(m_active, [&](const Active &active) {
        return active.name == name || std::find(again.begin(), again.end(), active.name) != again.end();
    });
    for (auto next = again.rbegin(); next != again.rend(); ++next)
        (void)begin(*next);
}

void Incidents::updateParts(const std::string &changed)
{
    m_world.edgeKeepsCertificates = isOn("edge-loaded-stale");
    m_world.policy.setDown(isOn("istiod-down"));
    m_world.policy.setRotation(isOn("rotation-stalled")  ? Rotation::Aged
                                   : isOn("istiod-down") ? Rotation::Stalled
                                                         : Rotation::Running);
    if (changed == "scrape-missing")
        restartPrometheus();
    if (changed == "plaintext-caller" && !isOn(changed))
        dropReports();
}

// Jobs that the resumed CronJob has left, with their pods.
void Incidents::dropReports()
{
    const ResourceKind &jobs = *m_world.store.find("batch", "jobs");
    for (const ObjectPtr &job : m_world.store.list(jobs, "reports"))
        (void)m_world.store.remove(jobs, "reports", nameOf(*job));
}

void Incidents::restartPrometheus()
{
    const ResourceKind &pods = *m_world.store.find("", "pods");
    for (const ObjectPtr &pod : m_world.store.list(pods, "istio-system")) {
        if (pod->at({"metadata", "labels", "app"}).text() == "prometheus")
            (void)m_world.store.remove(pods, "istio-system", nameOf(*pod));
    }
}

} // namespace demo
