// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/edge_runtime.h"

#include <simdjson.h>

using namespace Qt::StringLiterals;

namespace models {

namespace {

namespace dom = simdjson::dom;

QString textOf(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

// What is not there, or of another type, reads as nothing.
std::string_view string(const dom::element &value, std::string_view key)
{
    std::string_view text;
    if (value[key].get(text) != simdjson::SUCCESS)
        return {};
    return text;
}

std::optional<dom::element> member(const dom::element &value, std::string_view key)
{
    dom::element found;
    if (value[key].get(found) != simdjson::SUCCESS || found.is_null())
        return {};
    return found;
}

template<typename Visit>
void forEachIn(const dom::element &value, std::string_view key, const Visit &visit)
{
    dom::array items;
    if (value[key].get(items) != simdjson::SUCCESS)
        return;
    for (const dom::element item : items)
        visit(item);
}

QDateTime timeOf(const dom::element &value, std::string_view key)
{
    return QDateTime::fromString(textOf(string(value, key)), Qt::ISODateWithMs).toUTC();
}

tl::unexpected<kube::Error> unreadable(const char *path, const QString &why)
{
    return kube::failure(kube::Error::Kind::Protocol,
                         u"the answer of %1 cannot be read: %2"_s.arg(QLatin1String(path), why));
}

QString reason(simdjson::error_code code) { return QString::fromUtf8(simdjson::error_message(code)); }

// "quote-backend.default.1" of a Mapping quote-backend in default; the number is left out by some versions.
QString objectOfKey(std::string_view key)
{
    QString text = textOf(key);
    const qsizetype last = text.lastIndexOf(u'.');
    bool isNumber = false;
    text.mid(last + 1).toInt(&isNumber);
    if (isNumber && text.indexOf(u'.') < last)
        text.truncate(last);
    const qsizetype dot = text.lastIndexOf(u'.');
    return dot < 0 ? text : text.mid(dot + 1) + u'/' + text.left(dot);
}

void addRoute(AmbassadorDiag &diag, const dom::element &route)
{
    bool hasMembers = false;
    const auto add = [&](const dom::element &mapping) {
        hasMembers = true;
        diag.mappings.insert(textOf(string(mapping, "namespace")) + u'/' + textOf(string(mapping, "name")));
    };
    if (const auto group = member(route, "_route")) {
        forEachIn(*group, "mappings", add);
        forEachIn(*group, "shadows", add);
        if (const auto redirect = member(*group, "host_redirect"))
            add(*redirect);
    }
    if (!hasMembers)
        diag.mappings.insert(objectOfKey(string(route, "_source")));
}

void addError(AmbassadorDiag &diag, const dom::element &error) // [key, message]
{
    std::string_view key, message;
    if (error.at(0).get(key) != simdjson::SUCCESS || error.at(1).get(message) != simdjson::SUCCESS)
        return;
    diag.problems[objectOfKey(key)].append(textOf(message));
}

} // namespace

kube::Result<AmbassadorDiag> readDiag(const QByteArray &json)
{
    dom::parser parser;
    dom::element document;
    if (const auto error = parser.parse(json.constData(), std::size_t(json.size())).get(document))
        return unreadable("/ambassador/v0/diag/", reason(error));
    if (!member(document, "route_info"))
        return unreadable("/ambassador/v0/diag/", u"it has no route_info"_s);
    AmbassadorDiag diag;
    forEachIn(document, "route_info", [&](const dom::element &route) { addRoute(diag, route); });
    forEachIn(document, "errors", [&](const dom::element &error) { addError(diag, error); });
    return diag;
}

namespace {

QByteArray bytes(std::string_view text) { return {text.data(), qsizetype(text.size())}; }

QByteArray pathKey(char kind, std::string_view value)
{
    constexpr std::string_view anyCase = "(?i)"; // some versions write case into the expression
    if (kind == 'r' && value.starts_with(anyCase))
        value.remove_prefix(anyCase.size());
    return kind + bytes(value) + '\n';
}

QByteArray pathOf(const dom::element &route)
{
    const auto match = member(route, "match");
    if (!match)
        return {};
    for (const auto &[key, kind] : {std::pair("prefix", 'p'), std::pair("path_separated_prefix", 'p'),
                                    std::pair("path", 'e'), std::pair("regex", 'r')}) {
        std::string_view value;
        if ((*match)[key].get(value) == simdjson::SUCCESS)
            return pathKey(kind, value);
    }
    const auto regex = member(*match, "safe_regex");
    return regex ? pathKey('r', string(*regex, "regex")) : QByteArray();
}

class DumpReader
{
public:
    EnvoyRoutes take() { return std::move(m_found); }

    void read(const dom::element &entry)
    {
        for (const char *list : {"static_listeners", "dynamic_listeners", "dynamic_active_listeners",
                                 "static_route_configs", "dynamic_route_configs"})
            forEachIn(entry, list, [this](const dom::element &each) { read(each); });
        if (const auto state = member(entry, "active_state"))
            readHolder(*state);
        readHolder(entry);
        if (const auto error = member(entry, "error_state"))
            readRefusal(*error);
    }

private:
    // Has a listener or a list of routes, and when it came.
    void readHolder(const dom::element &holder)
    {
        const auto listener = member(holder, "listener");
        const auto routes = member(holder, "route_config");
        if (!listener && !routes)
            return;
        if (const QDateTime at = timeOf(holder, "last_updated"); at.isValid())
            m_found.updatedAt = m_found.updatedAt.isValid() ? std::max(m_found.updatedAt, at) : at;
        if (routes)
            readRoutes(*routes);
        if (listener) {
            forEachIn(*listener, "filter_chains", [this](const dom::element &chain) {
                forEachIn(chain, "filters", [this](const dom::element &filter) { readFilter(filter); });
            });
        }
    }

    void readFilter(const dom::element &filter)
    {
        for (const char *name : {"typed_config", "config"}) {
            const auto config = member(filter, name);
            if (const auto routes = config ? member(*config, "route_config") : std::nullopt)
                readRoutes(*routes);
        }
    }

    void readRoutes(const dom::element &routes)
    {
        forEachIn(routes, "virtual_hosts", [this](const dom::element &host) {
            forEachIn(host, "routes", [this](const dom::element &route) { readRoute(route); });
        });
    }

    void readRoute(const dom::element &route)
    {
        const QByteArray path = pathOf(route);
        const auto action = member(route, "route");
        if (!action) {
            m_found.routes.insert(path + '>');
            return;
        }
        if (const std::string_view cluster = string(*action, "cluster"); !cluster.empty())
            m_found.routes.insert(path + bytes(cluster));
        if (const auto weighted = member(*action, "weighted_clusters"))
            forEachIn(*weighted, "clusters", [&](const dom::element &one) {
                m_found.routes.insert(path + bytes(string(one, "name")));
            });
    }

    void readRefusal(const dom::element &error)
    {
        const QDateTime at = timeOf(error, "last_update_attempt");
        if (!m_found.refused.isEmpty() && m_found.refusedAt >= at)
            return;
        m_found.refused = textOf(string(error, "details"));
        m_found.refusedAt = at;
    }

    EnvoyRoutes m_found;
};

} // namespace

kube::Result<EnvoyRoutes> readEnvoyRoutes(const QByteArray &json)
{
    dom::parser parser;
    dom::element document;
    if (const auto error = parser.parse(json.constData(), std::size_t(json.size())).get(document))
        return unreadable("/config_dump", reason(error));
    if (!member(document, "configs"))
        return unreadable("/config_dump", u"it has no configs"_s);
    DumpReader reader;
    forEachIn(document, "configs", [&](const dom::element &entry) { reader.read(entry); });
    return reader.take();
}

QByteArray routeKey(const edge::Route &route)
{
    using Kind = edge::PathMatch::Kind;
    const char kind = route.path.kind == Kind::Prefix ? 'p' : route.path.kind == Kind::Exact ? 'e' : 'r';
    return pathKey(kind, route.path.value) + (route.redirect ? QByteArray(">") : bytes(route.cluster));
}

} // namespace models
