// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/ingress.h"

namespace edge {

namespace {

bool ours(const Value &ingress, const std::set<std::string> &classes, const std::string &ambassadorId)
{
    const std::string &id = ingress.at({"metadata", "annotations", "getambassador.io/ambassador-id"}).text();
    if ((id.empty() ? "default" : id) != ambassadorId)
        return false;
    const std::string &byAnnotation =
        ingress.at({"metadata", "annotations", "kubernetes.io/ingress.class"}).text();
    return byAnnotation == "ambassador" || classes.count(ingress.at({"spec", "ingressClassName"}).text()) > 0;
}

std::string serviceOf(const Value &backend, const std::string &nameSpace)
{
    const bool old = backend["serviceName"].isString();
    const std::string &name = old ? backend["serviceName"].text() : backend.at({"service", "name"}).text();
    const std::string &port =
        old ? backend["servicePort"].text() : backend.at({"service", "port", "number"}).text();
    return name + "." + nameSpace + (port.empty() ? "" : ":" + port);
}

class IngressReader
{
public:
    IngressReader(Input &input, const Value &ingress, const CompileOptions &options, const Rules &rules)
        : m_input(input)
        , m_ingress(ingress)
        , m_options(options)
        , m_rules(rules)
        , m_name(objectName(ingress))
        , m_nameSpace(objectNamespace(ingress))
    {
    }

    void read()
    {
        const Value &spec = m_ingress["spec"];
        readTls(spec["tls"]);
        const Value &fallback = spec["defaultBackend"].isObject() ? spec["defaultBackend"] : spec["backend"];
        if (fallback.isObject()) {
            Value mapping = Value::object({{"prefix", "/"}, {"service", serviceOf(fallback, m_nameSpace)}});
            add("Mapping", m_name + "-default-backend", std::move(mapping));
        }
        int number = 0;
        for (const Value &rule : spec["rules"].items())
            readRule(rule, number++);
    }

private:
    void add(const char *kind, const std::string &name, Value spec)
    {
        spec.set("ambassador_id", Value::array({m_options.ambassadorId}));
        m_input.owned.push_back(std::move(spec));
        SourceObject object;
        object.key = name + "." + m_nameSpace + ".1";
        object.kind = kind;
        object.name = name;
        object.ref = {"Ingress", m_name, m_nameSpace};
        object.spec = &m_input.owned.back();
        const Value &labels = m_ingress.at({"metadata", "labels"});
        object.labels = labels.isObject() ? &labels : nullptr;
        m_input.objects.push_back(std::move(object));
    }

    void readTls(const Value &list)
    {
        int number = 0;
        for (const Value &tls : list.items()) {
            int ofHost = 0;
            for (const Value &host : tls["hosts"].items()) {
                Value spec = Value::object();
                spec.set("hostname", host);
                spec.set("acmeProvider", Value::object({{"authority", "none"}}));
                spec.set("tlsSecret", Value::object({{"name", tls["secretName"]}}));
                spec.set("requestPolicy",
                         Value::object({{"insecure", Value::object({{"action", "Route"}})}}));
                add("Host", m_name + "-" + std::to_string(number) + "-" + std::to_string(ofHost++),
                    std::move(spec));
            }
            ++number;
        }
    }

    void readRule(const Value &rule, int ruleNumber)
    {
        int pathNumber = 0;
        for (const Value &path : rule.at({"http", "paths"}).items()) {
            Value spec = Value::object();
            const std::string &prefix = path["path"].text();
            spec.set("prefix", prefix.empty() ? std::string("/") : prefix);
            spec.set("service", serviceOf(path["backend"], m_nameSpace));
            const std::string &kind = path["pathType"].text();
            if (kind == "Exact") {
                spec.set("prefix_exact", true);
                spec.set("precedence", 1);
            }
            setHost(spec, rule["host"].text());
            add("Mapping", m_name + "-" + std::to_string(ruleNumber) + "-" + std::to_string(pathNumber++),
                std::move(spec));
        }
    }

    // *.wild.com stands for exactly one label, so it becomes a regex.
    void setHost(Value &spec, const std::string &host) const
    {
        if (host.empty()) {
            if (m_rules.hostnames)
                spec.set("hostname", "*");
            return;
        }
        if (host.rfind("*.", 0) != 0) {
            spec.set(m_rules.hostnames ? "hostname" : "host", host);
            return;
        }
        std::string pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?";
        for (const char c : host.substr(1))
            pattern += c == '.' ? std::string("\\.") : std::string(1, c);
        spec.set("host", pattern + "$");
        spec.set("host_regex", true);
    }

    Input &m_input;
    const Value &m_ingress;
    const CompileOptions &m_options;
    const Rules &m_rules;
    std::string m_name, m_nameSpace;
};

} // namespace

void addIngress(Input &input, const Value &ingress, const std::set<std::string> &ingressClasses,
                const CompileOptions &options, const Rules &rules)
{
    if (ours(ingress, ingressClasses, options.ambassadorId))
        IngressReader(input, ingress, options, rules).read();
}

} // namespace edge
