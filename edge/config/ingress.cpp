// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/ingress.h"

#include "edge/config/acceptance.h"
#include "edge/config/ingress_faults.h"
#include "edge/text.h"

namespace edge {

namespace {

constexpr const char *OwnLabel = "a10r-k8s-ingress"; // binds the Mappings of an Ingress with TLS to its Hosts

bool hasOurId(const Value &object, const CompileOptions &options)
{
    const std::string &id = object.at({"metadata", "annotations", "getambassador.io/ambassador-id"}).text();
    return (id.empty() ? "default" : id) == options.ambassadorId;
}

bool ours(const Value &ingress, const std::set<std::string> &classes, const CompileOptions &options)
{
    const std::string &byAnnotation =
        ingress.at({"metadata", "annotations", "kubernetes.io/ingress.class"}).text();
    return hasOurId(ingress, options)
        && (lowered(byAnnotation) == "ambassador"
            || classes.count(ingress.at({"spec", "ingressClassName"}).text()) > 0);
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
        m_labels = m_ingress.at({"metadata", "labels"});
        readTls(spec["tls"]);
        if (m_rules.hostnames && !spec["tls"].items().empty()) {
            m_labels = m_labels.isObject() ? m_labels : Value::object();
            m_labels.set(OwnLabel, ownLabel());
        }
        const Value &fallback = spec["defaultBackend"].isObject() ? spec["defaultBackend"] : spec["backend"];
        if (const std::string service = serviceOf(fallback); !service.empty()) {
            Value mapping = Value::object({{"prefix", "/"}, {"service", service}});
            if (m_rules.hostnames)
                mapping.set("hostname", "*");
            add("Mapping", m_name + "-default-backend", std::move(mapping));
        }
        int number = 0;
        for (const Value &rule : spec["rules"].items())
            readRule(rule, number++);
    }

private:
    std::string ownLabel() const { return "a10r-ingress-" + m_name + "-" + m_nameSpace; }

    // "" where there is no Service, or none that can be dialled.  The compiler reads the older form of a backend, which
    // the watcher makes of the newer one.
    std::string serviceOf(const Value &backend) const
    {
        std::string name = backend["serviceName"].text();
        Value port = backend["servicePort"];
        if (name.empty() && m_options.admitted) {
            name = backend.at({"service", "name"}).text();
            const Value &newer = backend.at({"service", "port"});
            port = newer["number"].isNull() ? newer["name"] : newer["number"];
        }
        const std::string number = portNumber(name, port.text());
        return name.empty() || number.empty() ? std::string() : name + "." + m_nameSpace + ":" + number;
    }

    std::string portNumber(const std::string &service, const std::string &port) const
    {
        if (port.find_first_not_of("0123456789") == std::string::npos || !m_rules.ingressPortNames)
            return port;
        m_input.askedServices.insert(service + "." + m_nameSpace);
        const auto found = m_input.services.find(service + "." + m_nameSpace);
        if (found == m_input.services.end() || !found->second.spec)
            return port;
        for (const Value &known : (*found->second.spec)["ports"].items()) {
            if (known["name"].text() == port)
                return known["port"].text();
        }
        return port;
    }

    void add(const char *kind, const std::string &name, Value spec)
    {
        spec.set("ambassador_id", Value::array({m_options.ambassadorId}));
        m_input.owned.push_back(std::move(spec));
        SourceObject object;
        object.key = name + "." + m_nameSpace + ".1";
        object.kind = kind;
        object.name = name;
        object.ref = {kind, name, m_nameSpace};
        object.holder = &m_ingress;
        object.spec = &m_input.owned.back();
        if (m_labels.isObject()) {
            m_input.owned.push_back(m_labels);
            object.labels = &m_input.owned.back();
        }
        m_input.objects.push_back(std::move(object));
    }

    void readTls(const Value &list)
    {
        int number = 0;
        for (const Value &tls : list.items()) {
            int ofHost = 0;
            const Value::Array any{Value("*")};
            for (const Value &host : tls["secretName"].isNull() ? Value::Array()
                     : tls["hosts"].isNull()                    ? any
                                                                : tls["hosts"].items()) {
                Value spec = Value::object();
                spec.set("hostname", host);
                spec.set("acmeProvider", Value::object({{"authority", "none"}}));
                spec.set("tlsSecret", Value::object({{"name", tls["secretName"]}}));
                if (m_rules.hostnames)
                    spec.set("selector",
                             Value::object({{"matchLabels", Value::object({{OwnLabel, ownLabel()}})}}));
                spec.set("requestPolicy",
                         Value::object({{"insecure", Value::object({{"action", "Route"}})}}));
                add("Host", m_name + "-" + std::to_string(number) + "-" + std::to_string(ofHost++),
                    std::move(spec));
            }
            ++number;
        }
    }

    static bool isTextual(const Value &value)
    {
        return value.isNull() || value.isString() || value.isNumber();
    }

    // A host or path that is no text is none at all, which would make the rule wider than anybody wrote it.
    void readRule(const Value &rule, int ruleNumber)
    {
        if (!isTextual(rule["host"]))
            return;
        int pathNumber = 0;
        for (const Value &path : rule.at({"http", "paths"}).items()) {
            const int number = pathNumber++;
            const std::string service = serviceOf(path["backend"]);
            if (service.empty() || !isTextual(path["path"]))
                continue;
            Value spec = Value::object();
            const std::string &prefix = path["path"].text();
            spec.set("prefix", prefix.empty() ? std::string("/") : prefix);
            spec.set("service", service);
            // Said also where it is false: that keeps it out of the group of a Mapping that says nothing of it.
            const bool isExact = path["pathType"].text() == "Exact";
            spec.set("prefix_exact", isExact);
            spec.set("precedence", isExact ? 1 : 0);
            setHost(spec, rule["host"].text());
            add("Mapping", m_name + "-" + std::to_string(ruleNumber) + "-" + std::to_string(number),
                std::move(spec));
        }
    }

    // *.wild.com stands for exactly one label, so it becomes a regex.
    void setHost(Value &spec, const std::string &host) const
    {
        if (host.empty()) {
            if (m_rules.hostnames
                && m_ingress["spec"]["tls"].items().empty()) // else the label leads to its Hosts
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
    Value m_labels;
};

} // namespace

bool isOurIngressClass(const Value &object, const CompileOptions &options)
{
    return object["kind"].text() == "IngressClass" && hasOurId(object, options)
        && lowered(object.at({"spec", "controller"}).text()) == "getambassador.io/ingress-controller";
}

std::vector<MadeObject> objectsOfIngresses(const SharedList<Value> &objects, const CompileOptions &options)
{
    std::vector<const Value *> ingresses;
    std::set<std::string> classes;
    for (const Value &object : objects) {
        if (isOurIngressClass(object, options))
            classes.insert(objectName(object));
        if (isIngress(object) && isInReach(object, options))
            ingresses.push_back(&object);
    }
    std::erase_if(ingresses, [&](const Value *ingress) { return !ours(*ingress, classes, options); });
    if (ingresses.empty())
        return {};
    const Rules rules = rulesOf(options.compat);
    Input input;
    for (const Value &object : objects) {
        if (object["kind"].text() == "Service" && isInReach(object, options))
            input.services[objectName(object) + "." + objectNamespace(object)].spec = &object["spec"];
    }
    for (const Value *ingress : ingresses)
        IngressReader(input, *ingress, options, rules).read();
    std::vector<MadeObject> made;
    for (const SourceObject &source : input.objects) {
        Value metadata = Value::object({{"name", source.name}, {"namespace", source.ref.nameSpace}});
        if (source.labels)
            metadata.set("labels", *source.labels);
        made.push_back(
            {source.holder,
             Value::object(
                 {{"apiVersion", rules.hostnames ? "getambassador.io/v3alpha1" : "getambassador.io/v2"},
                  {"kind", source.kind},
                  {"metadata", std::move(metadata)},
                  {"spec", *source.spec}})});
    }
    return made;
}

bool isIngress(const Value &object)
{
    return object["kind"].text() == "Ingress"
        && object["apiVersion"].text().rfind("getambassador.io/", 0) != 0;
}

void addIngress(Input &input, const Value &ingress, const std::set<std::string> &ingressClasses,
                const CompileOptions &options, const Rules &rules)
{
    if (!ours(ingress, ingressClasses, options))
        return;
    for (Diagnostic &fault : ingressFaults(ingress))
        input.diagnostics.push_back(std::move(fault));
    IngressReader(input, ingress, options, rules).read();
}

} // namespace edge
