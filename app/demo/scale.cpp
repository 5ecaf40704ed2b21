// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/scale.h"

#include "app/demo/object_meta.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace demo {

namespace {

constexpr int ObjectsANamespace = 500;
constexpr int Limit = 1'000'000;
constexpr std::chrono::milliseconds Pulse{10};
constexpr std::chrono::milliseconds MostLate{1000};

constexpr std::array<std::string_view, 12> Words{"account", "basket",  "catalog", "delivery",
                                                 "event",   "feed",    "gift",    "history",
                                                 "invoice", "journal", "ledger",  "media"};

tl::unexpected<edge::Error> refuse(const std::string &part)
{
    return edge::failure(
        edge::Error::Kind::Config,
        "--scale: '" + part
            + "' is not understood; write it as mappings=10000,pods=10000,events=1000/s,id=NAME");
}

std::string fiveDigits(int number)
{
    const std::string text = std::to_string(number);
    return std::string(text.size() < 5 ? 5 - text.size() : 0, '0') + text;
}

} // namespace

edge::Result<Scale> readScale(const std::string &text)
{
    Scale scale;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string part(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos)
            return refuse(part);
        const std::string key = part.substr(0, equals);
        std::string number = part.substr(equals + 1);
        if (key == "id" && !number.empty()) {
            scale.id = number;
            continue;
        }
        if (key == "events" && number.ends_with("/s"))
            number.resize(number.size() - 2);
        int *field = key == "mappings" ? &scale.mappings
            : key == "pods"            ? &scale.pods
            : key == "events"          ? &scale.eventsASecond
                                       : nullptr;
        int value = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
        const bool isNumber = error == std::errc() && end == number.data() + number.size();
        if (!field || !isNumber || value < 0 || value > Limit)
            return refuse(part);
        *field = value;
    }
    return scale;
}

ScaledObjects::ScaledObjects(asio::io_context &loop, Store &store, Scale scale, std::uint64_t seed)
    : m_store(store)
    , m_scale(scale)
    , m_random(seed)
    , m_timer(loop)
{
}

std::string ScaledObjects::nameSpaceOf(int number) const
{
    return "scale-" + fiveDigits(number / ObjectsANamespace);
}

Value ScaledObjects::mapping(int number)
{
    const std::string word(Words[m_random() % Words.size()]);
    const std::string name = "mapping-" + fiveDigits(number);
    Value spec = Value::object({{"prefix", "/" + word + "/" + std::to_string(number) + "/"},
                                {"service", word + "." + nameSpaceOf(number) + ":8080"},
                                {"timeout_ms", int(1000 + m_random() % 20'000)}});
    if (m_random() % 4 == 0)
        spec.set("host", word + ".example.com");
    if (m_random() % 8 == 0)
        spec.set("headers", Value::object({{"x-" + word, "yes"}}));
    if (!m_scale.id.empty())
        spec.set("ambassador_id", Value::array({Value(m_scale.id)}));
    Value metadata = Value::object({{"name", name}, {"namespace", nameSpaceOf(number)}});
    metadata.set("labels",
                 Value::object({{"app", word}, {"team", "team-" + std::to_string(m_random() % 20)}}));
    return Value::object({{"apiVersion", "getambassador.io/v2"},
                          {"kind", "Mapping"},
                          {"metadata", std::move(metadata)},
                          {"spec", std::move(spec)}});
}

Value ScaledObjects::pod(int number)
{
    const std::string word(Words[m_random() % Words.size()]);
    const bool hasSidecar = m_random() % 2 == 0;
    Value containers = Value::array({Value::object(
        {{"name", word},
         {"image", "docker.io/sallyport-demo/" + word + ":1." + std::to_string(m_random() % 10) + ".0"},
         {"ports", Value::array({Value::object({{"name", "http"}, {"containerPort", 8080}})})}})});
    if (hasSidecar)
        containers.push(
            Value::object({{"name", "istio-proxy"}, {"image", "docker.io/istio/proxyv2:1.10.0"}}));
    Value statuses = Value::array();
    for (const Value &container : containers.items())
        statuses.push(Value::object({{"name", container["name"]},
                                     {"image", container["image"]},
                                     {"ready", true},
                                     {"restartCount", 0},
                                     {"state", Value::object({{"running", Value::object()}})}}));
    Value metadata =
        Value::object({{"name", "pod-" + fiveDigits(number)}, {"namespace", nameSpaceOf(number)}});
    metadata.set("labels", Value::object({{"app", word}, {"version", "v1"}}));
    if (hasSidecar)
        metadata.set("annotations",
                     Value::object({{"sidecar.istio.io/status", "{\"containers\":[\"istio-proxy\"]}"}}));
    Value status =
        Value::object({{"phase", "Running"},
                       {"podIP",
                        "10." + std::to_string(128 + number / 65'536) + "."
                            + std::to_string(number / 256 % 256) + "." + std::to_string(number % 256)},
                       {"conditions", Value::array({Value::object({{"type", "Ready"}, {"status", "True"}})})},
                       {"containerStatuses", std::move(statuses)}});
    return Value::object({{"apiVersion", "v1"},
                          {"kind", "Pod"},
                          {"metadata", std::move(metadata)},
                          {"spec",
                           Value::object({{"containers", std::move(containers)},
                                          {"nodeName", "scaled-node-" + std::to_string(m_random() % 50)}})},
                          {"status", std::move(status)}});
}

StoreResult<void> ScaledObjects::create(const std::stop_token &stop)
{
    const ResourceKind &namespaces = *m_store.find("", "namespaces");
    const int most = std::max(m_scale.mappings, m_scale.pods);
    for (int number = 0; number < most; number += ObjectsANamespace)
        (void)m_store.create(namespaces,
                             Value::object({{"metadata", Value::object({{"name", nameSpaceOf(number)}})}}));
    const ResourceKind *mappings = m_store.find("getambassador.io", "mappings");
    if (m_scale.mappings > 0 && !mappings)
        return tl::unexpected(StoreError{400, "BadRequest", "this cluster knows no Mappings", {}});
    for (int number = 0; number < m_scale.mappings && !stop.stop_requested(); ++number) {
        if (const auto created = m_store.create(*mappings, mapping(number)); !created)
            return tl::unexpected(created.error());
    }
    for (int number = 0; number < m_scale.pods && !stop.stop_requested(); ++number) {
        if (const auto created = m_store.create(*m_store.find("", "pods"), pod(number)); !created)
            return tl::unexpected(created.error());
    }
    return {};
}

void ScaledObjects::startEvents()
{
    m_lastPulse = std::chrono::steady_clock::now();
    if (m_scale.eventsASecond > 0 && m_scale.pods + m_scale.mappings > 0)
        m_timer.after(Pulse, [this] { pulse(); });
}

void ScaledObjects::setRate(int eventsASecond)
{
    m_timer.stop();
    m_owed = 0;
    m_scale.eventsASecond = eventsASecond;
    startEvents();
}

void ScaledObjects::pulse()
{
    const auto now = std::chrono::steady_clock::now();
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - m_lastPulse);
    m_lastPulse += passed; // a pulse that comes late, beside a loop that is busy, brings what is due
    m_owed += m_scale.eventsASecond * int(std::min(passed, MostLate).count());
    const bool isPods = m_scale.pods > 0;
    const ResourceKind &kind =
        isPods ? *m_store.find("", "pods") : *m_store.find("getambassador.io", "mappings");
    for (; m_owed >= 1000; m_owed -= 1000)
        touch(kind, int(m_random() % std::uint64_t(isPods ? m_scale.pods : m_scale.mappings)),
              isPods ? "pod-" : "mapping-");
    m_timer.after(Pulse, [this] { pulse(); });
}

void ScaledObjects::touch(const ResourceKind &kind, int number, const char *prefix)
{
    const ObjectPtr known = m_store.get(kind, nameSpaceOf(number), prefix + fiveDigits(number));
    if (!known)
        return; // somebody has deleted it
    Value changed = *known;
    changed.child("metadata").erase("resourceVersion");
    Value &annotations = changed.child("metadata").child("annotations");
    annotations.set("sallyport.dev/turn", std::to_string(m_store.version()));
    (void)m_store.update(kind, std::move(changed));
}

} // namespace demo
