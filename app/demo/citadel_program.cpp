// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/citadel_program.h"

#include "app/demo/base64.h"
#include "app/demo/object_meta.h"

namespace demo {

namespace {

constexpr std::chrono::milliseconds Pause{300};

Value secretFor(const std::string &nameSpace, const std::string &account, const KeyPair &pair,
                const std::string &root)
{
    Value secret =
        Value::object({{"apiVersion", "v1"}, {"kind", "Secret"}, {"type", "istio.io/key-and-cert"}});
    Value metadata = Value::object({{"name", "istio." + account}, {"namespace", nameSpace}});
    metadata.set("annotations", Value::object({{"istio.io/service-account.name", account}}));
    secret.set("metadata", std::move(metadata));
    secret.set("data",
               Value::object({{"cert-chain.pem", base64(pair.certificateChain)},
                              {"key.pem", base64(pair.privateKey)},
                              {"root-cert.pem", base64(root)}}));
    return secret;
}

} // namespace

CitadelProgram::CitadelProgram(const ContainerContext &context)
    : m_context(context)
    , m_timer(context.world.loop)
{
}

edge::Result<void> CitadelProgram::start()
{
    m_context.log("keeping a Secret istio.ACCOUNT for each service account, renewed at half of its life");
    turn();
    return {};
}

void CitadelProgram::turn()
{
    const Store &store = m_context.world.store;
    for (const ObjectPtr &account : store.list(*store.find("", "serviceaccounts")))
        keep(namespaceOf(*account), nameOf(*account));
    m_timer.after(Pause, [this] { turn(); });
}

void CitadelProgram::keep(const std::string &nameSpace, const std::string &account)
{
    Store &store = m_context.world.store;
    const ResourceKind &kind = *store.find("", "secrets");
    const ObjectPtr known = store.get(kind, nameSpace, "istio." + account);
    const WallTime now = std::chrono::system_clock::now();
    WallTime &due = m_renewals[{nameSpace, account}];
    if (known && (now < due || m_context.world.policy.rotation() != Rotation::Running))
        return;
    const std::chrono::seconds life = m_context.world.options.certLife;
    const Authority &authority = m_context.world.meshAuthority;
    const auto pair = authority.issue(workloadWish(nameSpace, account, now, life));
    if (!pair)
        return m_context.log("no certificate for " + nameSpace + "/" + account + ": " + pair.error().message);
    Value secret = secretFor(nameSpace, account, *pair, authority.certificate());
    const auto written =
        known ? store.update(kind, edge::mergePatch(*known, secret)) : store.create(kind, std::move(secret));
    if (written)
        due = now + std::chrono::duration_cast<WallTime::duration>(life) / 2;
}

} // namespace demo
