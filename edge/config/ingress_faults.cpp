// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/ingress_faults.h"

#include "edge/config/objects.h"

namespace edge {

namespace {

class IngressFaults
{
public:
    explicit IngressFaults(const Value &ingress)
        : m_spec(ingress["spec"])
        , m_ref{"Ingress", objectName(ingress), objectNamespace(ingress)}
    {
    }

    std::vector<Diagnostic> find()
    {
        if (!isObject(m_spec, "spec"))
            return std::move(m_found);
        isText(m_spec["ingressClassName"], "spec.ingressClassName");
        for (const std::string field : {"defaultBackend", "backend"}) {
            if (!m_spec[field].isNull())
                checkBackend(m_spec[field], "spec." + field);
        }
        forEach(m_spec["tls"], "spec.tls",
                [this](const Value &tls, const std::string &path) { checkTls(tls, path); });
        forEach(m_spec["rules"], "spec.rules",
                [this](const Value &rule, const std::string &path) { checkRule(rule, path); });
        return std::move(m_found);
    }

private:
    using Severity = Diagnostic::Severity;

    void say(const std::string &path, std::string message, Severity severity = Severity::Error)
    {
        m_found.push_back({severity, m_ref, path, std::move(message), false});
    }
    void sayType(const Value &value, const std::string &path, const std::string &wanted)
    {
        const bool isRead = wanted == "a text" && value.isNumber();
        say(path,
            toJson(value) + " is not " + wanted + (isRead ? " and taken for one" : " and is passed over")
                + "; no API server takes it");
    }
    // null is as good as nothing said.
    bool isObject(const Value &value, const std::string &path)
    {
        if (!value.isNull() && !value.isObject())
            sayType(value, path, "an object");
        return value.isObject();
    }
    bool isText(const Value &value, const std::string &path)
    {
        if (!value.isNull() && !value.isString())
            sayType(value, path, "a text");
        return value.isString();
    }
    template<typename Check>
    void forEach(const Value &list, const std::string &path, Check check)
    {
        if (!list.isNull() && !list.isArray())
            sayType(list, path, "a list");
        std::size_t number = 0;
        for (const Value &item : list.items())
            check(item, path + "[" + std::to_string(number++) + "]");
    }

    void checkTls(const Value &tls, const std::string &path)
    {
        if (!tls.isObject()) {
            sayType(tls, path, "an object");
            return;
        }
        forEach(tls["hosts"], path + ".hosts",
                [this](const Value &host, const std::string &at) { isText(host, at); });
        if (tls["secretName"].isNull())
            say(path, "there is no secretName, so that the edge makes no Host of it", Severity::Notice);
        isText(tls["secretName"], path + ".secretName");
    }

    void checkRule(const Value &rule, const std::string &path)
    {
        if (!rule.isObject()) {
            sayType(rule, path, "an object");
            return;
        }
        isText(rule["host"], path + ".host");
        if (rule["http"].isNull())
            say(path,
                "a rule without http.paths leads nowhere: the edge does not send it to the default backend",
                Severity::Notice);
        if (!isObject(rule["http"], path + ".http"))
            return;
        if (rule["http"]["paths"].isNull())
            say(path + ".http.paths", "there are no paths, so that the rule leads nowhere");
        forEach(rule["http"]["paths"], path + ".http.paths",
                [this](const Value &one, const std::string &at) { checkPath(one, at); });
    }

    void checkPath(const Value &one, const std::string &path)
    {
        if (!one.isObject()) {
            sayType(one, path, "an object");
            return;
        }
        isText(one["path"], path + ".path");
        const Value &type = one["pathType"];
        const std::string &word = type.text();
        if (isText(type, path + ".pathType") && word != "Exact" && word != "Prefix"
            && word != "ImplementationSpecific")
            say(path + ".pathType",
                "pathType " + toJson(type)
                    + " is none of Exact, Prefix, ImplementationSpecific; it is taken for Prefix");
        if (one["backend"].isNull())
            say(path + ".backend", "there is no backend, so that the path leads nowhere");
        else
            checkBackend(one["backend"], path + ".backend");
    }

    void checkBackend(const Value &backend, const std::string &path)
    {
        if (!isObject(backend, path))
            return;
        if (!backend["serviceName"].isNull()) {
            if (isText(backend["serviceName"], path + ".serviceName"))
                checkPort(backend["servicePort"], path + ".servicePort");
            return;
        }
        const Value &service = backend["service"];
        if (service.isNull()) {
            say(path,
                backend["resource"].isNull()
                    ? "it names no service and leads nowhere"
                    : "a backend that is a resource leads nowhere: the edge knows services only");
            return;
        }
        if (!isObject(service, path + ".service"))
            return;
        if (service["name"].isNull())
            say(path + ".service.name", "it names no service and leads nowhere");
        else if (isText(service["name"], path + ".service.name")
                 && isObject(service["port"], path + ".service.port"))
            checkPort(service["port"]["number"].isNull() ? service["port"]["name"]
                                                         : service["port"]["number"],
                      path + ".service.port");
        else if (service["port"].isNull())
            checkPort(service["port"], path + ".service.port");
    }

    void checkPort(const Value &port, const std::string &path)
    {
        if (port.text().empty())
            say(path,
                (port.isNull() || port.isString() ? "it names no port" : toJson(port) + " is no port")
                    + std::string(" and leads nowhere"));
    }

    const Value &m_spec;
    const ResourceRef m_ref;
    std::vector<Diagnostic> m_found;
};

} // namespace

std::vector<Diagnostic> ingressFaults(const Value &ingress) { return IngressFaults(ingress).find(); }

} // namespace edge
