// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// TLSContexts with the secrets that they really get, and the Hosts' share in them (facts emissary-routing.md
// §2, ambassador-1.11.md 8–11, 34).
#include "edge/config/resources.h"

namespace edge {

struct ResolvedContext
{
    TlsContext context; // secrets as NAME.NAMESPACE
    bool sound = false; // nothing is wrong with it: it may end or start TLS
    std::vector<std::string> hosts;
    int redirectCleartextFrom = 0;
    bool saysCertRequired = false; // cert_required, be it true or false
};

// Which secrets the edge can see: it is handed only those that some object names, and reads dots in names by
// a rule of its own.
class SecretTable
{
public:
    SecretTable(const Resources &resources, const Input &input, const CompileOptions &options,
                const Rules &rules);
    // name as written by a TLSContext; "" if there is none.  The result is NAME.NAMESPACE.
    std::string find(const std::string &name, const std::string &nameSpace);
    bool isWithheld(const std::string &name,
                    const std::string &nameSpace) const; // it is there, and yet not found
    SecretFacts facts(const std::string &key) const;

private:
    void hand(const std::string &name, const std::string &nameSpace, bool namespacing);
    bool exists(const std::string &key) const;

    const Input &m_input;
    const CompileOptions &m_options;
    bool m_byBareName;
    std::set<std::string> m_handed;                 // NAME.NAMESPACE
    std::set<std::string> m_named;                  // the same without the certificate of last resort
    std::map<std::string, std::string> m_bareNames; // 1.x: a found secret is remembered under its name alone
};

// "secret ca in namespace prod" for messages, and the key of what a context has written.
std::string secretKey(const std::string &written, const std::string &nameSpace, bool namespacing);
std::string secretText(const std::string &key);

// Where a field of a TLSContext stands: of a Host's own in its tls and tlsSecret, of the Module's in its config.
std::string contextPath(const TlsContext &context, std::string_view field);

// Whether the edge saves a context beside those that it has saved before, which it does before it looks at secrets:
// its name is free, it asks for no other port for clear text, and it says one certificate only.  Else why not is told.
bool isSaved(const TlsContextResource &context, Resources &resources);
// Leaves those of resources.tlsContexts that are saved.
void saveContexts(Resources &resources);

// All TLSContexts, those that Hosts made included, resolved.
class ContextTable
{
public:
    ContextTable(Resources &resources, SecretTable &secrets, const CompileOptions &options,
                 const Rules &rules);

    const ResolvedContext *find(const std::string &name) const;   // sound or not; nullptr if there is none
    const ResolvedContext *usable(const std::string &name) const; // sound only
    const std::string &
    ownerOf(const std::string &hostname) const; // 1.x: the context that has claimed it; "" none
    const std::vector<std::string> &order() const { return m_order; } // names as they were made

    std::map<std::string, TlsContext> sound() const;

private:
    enum class Progress { Sound, SecretMissing, Wrong };
    bool resolve(const TlsContextResource &resource, ResolvedContext &resolved);
    Progress resolveSecret(const TlsContextResource &resource, ResolvedContext &resolved);
    Progress resolveAuthorities(const TlsContextResource &resource, ResolvedContext &resolved);
    std::string findFor(const TlsContextResource &resource, const std::string &name, std::string &key);
    bool resolveFiles(const TlsContextResource &resource, const ResolvedContext &resolved);
    void keep(const TlsContextResource &resource, ResolvedContext resolved);
    void complain(const TlsContextResource &resource, std::string_view field, std::string why);

    Resources &m_resources;
    SecretTable &m_secrets;
    const CompileOptions &m_options;
    const Rules &m_rules;
    std::map<std::string, ResolvedContext> m_contexts;
    std::vector<std::string> m_order;
    std::map<std::string, std::string> m_claimed; // hostname → context (1.x)
};

} // namespace edge
