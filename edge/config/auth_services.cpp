// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/auth_services.h"

#include "edge/config/said.h"
#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

class AuthMerger
{
public:
    AuthMerger(const ModuleResource &module, const ClusterContext &context)
        : m_module(module)
        , m_context(context)
    {
    }

    void add(const ServiceResource &service)
    {
        const Value &spec = *service.spec;
        m_merged.nameSpace = service.ref.nameSpace;
        noteDifferences(service);
        takeLinkerd(spec["add_linkerd_headers"]);
        takeBreakers(spec["circuit_breakers"]);
        Value &merged = m_merged.spec;
        for (const char *field : {"allow_request_body", "include_body", "proto", "timeout_ms",
                                  "add_auth_headers", "protocol_version", "stats_name"})
            merged.set(field, spec[field]);
        for (const char *field : {"allowed_request_headers", "allowed_authorization_headers"})
            takeNames(field, spec[field]);
        for (const char *field : {"path_prefix", "status_on_error", "failure_mode_allow"}) {
            const bool isFirsts = std::string_view(field) == "path_prefix" && isTruthy(merged[field]);
            if (isTruthy(spec[field]) && !isFirsts)
                merged.set(field, spec[field]);
        }
        judge(service);
        ask(service);
    }

    MergedAuth take() { return std::move(m_merged); }

private:
    // path: below the spec.
    void complain(const ServiceResource &service, const std::string &path, std::string why, bool dropped)
    {
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Error, service.ref, service.place + path, std::move(why), dropped});
    }

    void noteDifferences(const ServiceResource &service)
    {
        for (const std::string field : {"path_prefix", "timeout_ms", "allow_request_body", "proto"}) {
            const Value &own = (*service.spec)[field];
            const Value before = m_isFirst ? Value() : effective(field);
            if (isTruthy(own) && isTruthy(before) && !(own == before))
                complain(service, field,
                         field + " " + own.text() + " differs from the " + before.text()
                             + " of the AuthServices before; "
                             + (field == "path_prefix" ? "theirs is used" : "the last one's is used"),
                         false);
        }
        m_isFirst = false;
    }

    Value effective(const std::string &field) const
    {
        constexpr int DefaultTimeout = 5000;
        const Value &said = m_merged.spec[field];
        if (!said.isNull())
            return said;
        return field == "proto" ? Value("http") : field == "timeout_ms" ? Value(DefaultTimeout) : Value();
    }

    void takeLinkerd(const Value &own)
    {
        if (own.toBool())
            m_merged.spec.set("add_linkerd_headers", true);
        else if (own.isNull())
            m_merged.spec.set("add_linkerd_headers", isTruthy(m_module["add_linkerd_headers"]));
    }

    void takeBreakers(const Value &own)
    {
        if (!m_context.rules.newClusterFields)
            return;
        const Value &general = m_module["circuit_breakers"];
        if (!isTruthy(own) && !isTruthy(general))
            return;
        m_merged.ownBreakers = isTruthy(own);
        m_merged.spec.set("circuit_breakers", m_merged.ownBreakers ? own : general);
    }

    void takeNames(const char *field, const Value &own)
    {
        Value names = m_merged.spec[field].isArray() ? m_merged.spec[field] : Value::array();
        for (const std::string &name : textsOf(own))
            names.push(lowered(name));
        m_merged.spec.set(field, std::move(names));
    }

    // Whether an error is said of it that lets the edge refuse every request (since 3.0).
    void judge(const ServiceResource &service)
    {
        const Value &spec = *service.spec;
        const bool refuses = m_context.rules.authErrorsRefuse;
        const std::string &protocol = spec["proto"].text();
        bool wrong = false;
        if (const std::string why = unknownProtocol(service, m_context.rules);
            protocol == "grpc" && !why.empty()) {
            complain(service, "protocol_version",
                     why + (refuses ? "; until then every request is answered by 500" : ""), true);
            wrong = true;
        }
        m_merged.isOff = false;
        if (!protocol.empty() && protocol != "grpc" && protocol != "http") {
            complain(service, "proto",
                     "proto " + protocol + " is neither grpc nor http; "
                         + (refuses ? "every request is answered by 500" : "nobody is asked"),
                     true);
            wrong = true;
            m_merged.isOff = !refuses;
        }
        if (!spec["include_body"].members().empty() && spec["allow_request_body"].toBool()) {
            complain(service, "allow_request_body",
                     std::string("allow_request_body is ignored beside include_body")
                         + (refuses ? ", and the edge answers every request by 500 until it is gone" : ""),
                     refuses);
            m_merged.spec.set("allow_request_body", false);
            wrong = true;
        }
        m_merged.wrong = m_merged.wrong || (wrong && refuses);
    }

    void ask(const ServiceResource &service)
    {
        const std::string &address = (*service.spec)["auth_service"].text();
        if (address.empty()) {
            m_context.diagnostics.push_back({Diagnostic::Severity::Notice, service.ref,
                                             service.place + "auth_service",
                                             "auth_service is empty: nobody is asked", false});
            return;
        }
        const auto same = std::find_if(m_merged.asked.begin(), m_merged.asked.end(), [&](const auto *one) {
            return (*one->spec)["auth_service"].text() == address;
        });
        if (same != m_merged.asked.end())
            *same = &service;
        else
            m_merged.asked.push_back(&service);
    }

    const ModuleResource &m_module;
    const ClusterContext &m_context;
    MergedAuth m_merged;
    bool m_isFirst = true;
};

} // namespace

MergedAuth mergedAuth(const std::vector<ServiceResource> &services, const ModuleResource &module,
                      const ClusterContext &context)
{
    AuthMerger merger(module, context);
    for (const ServiceResource &service : services)
        merger.add(service);
    return merger.take();
}

std::string unknownProtocol(const ServiceResource &service, const Rules &rules)
{
    const std::string &version = (*service.spec)["protocol_version"].text();
    if (rules.serviceProtocolV2 || version == "v3")
        return {};
    return "protocol_version " + (version.empty() ? "v2 (the default)" : version)
        + " is not supported; set protocol_version: v3";
}

} // namespace edge
