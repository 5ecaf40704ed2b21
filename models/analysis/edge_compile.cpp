// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_compile.h"

#include "models/resources/text.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// Secrets that objects name, in every way that the name could be read: what must be assumed where Secrets may
// not be read.
std::set<std::string> namedSecrets(const Snapshot &snapshot)
{
    std::set<std::string> keys;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        const std::string &nameSpace = object.at({"metadata", "namespace"}).text();
        for (const edge::Value *name : {&object.at({"spec", "secret"}), &object.at({"spec", "ca_secret"}),
                                        &object.at({"spec", "tlsSecret", "name"})}) {
            if (!name->isString() || name->text().empty())
                continue;
            keys.insert(name->text() + "." + nameSpace);
            keys.insert(name->text());
        }
    }
    return keys;
}

QStringList unread(const Snapshot &snapshot)
{
    QStringList kinds;
    for (const QString &plural :
         {u"mappings"_s, u"hosts"_s, u"tlscontexts"_s, u"modules"_s, u"services"_s, u"secrets"_s}) {
        if (!snapshot.knows(plural) && !snapshot.isAbsent(plural))
            kinds.append(plural);
    }
    return kinds;
}

} // namespace

edge::Compilation &EdgeCompiler::compilationFor(const edge::CompileOptions &options)
{
    const auto facts = [](const edge::CompileOptions &of) {
        return std::tie(of.compat, of.ambassadorId, of.ambassadorNamespace, of.singleNamespace, of.edgeStack,
                        of.knownSecrets);
    };
    if (!m_compilation || facts(options) != facts(m_options)) {
        m_options = options;
        m_compilation = std::make_unique<edge::Compilation>(options);
    }
    return *m_compilation;
}

edge::Result<std::shared_ptr<const edge::RouteTable>> EdgeCompiler::table(edge::Config config)
{
    auto built = edge::RouteTable::build(std::move(config), m_table.get());
    if (built)
        m_table = *built;
    return built;
}

edge::CompileOptions compileOptions(const Snapshot &snapshot, const EdgeInstallation &installation)
{
    edge::CompileOptions options;
    options.compat = installation.compat;
    options.ambassadorId = installation.ambassadorId.toStdString();
    options.ambassadorNamespace = installation.ambassadorNamespace.toStdString();
    options.singleNamespace = installation.singleNamespace;
    options.edgeStack = installation.edgeStack;
    if (!snapshot.knows(u"secrets"_s)) {
        options.knownSecrets = namedSecrets(snapshot);
        options.knownSecrets.erase(
            "istio-certs." + options.ambassadorNamespace); // known without Secrets: by files or not at all
    }
    if (installation.hasIstioCertificate)
        options.knownSecrets.insert("istio-certs." + options.ambassadorNamespace);
    return options;
}

CompiledEdge EdgeCompiler::compile(const Snapshot &snapshot, const EdgeInstallation &installation)
{
    CompiledEdge compiled;
    edge::Compilation &compilation = compilationFor(compileOptions(snapshot, installation));
    compilation.setAll(snapshot.ambassadorObjects);
    compiled.config = compilation.compile();
    const QStringList kinds = unread(snapshot);
    if (!kinds.isEmpty())
        compiled.unsure =
            u"%1 could not be read; what the edge makes of them is not known"_s.arg(kinds.join(u", "_s));
    return compiled;
}

QString whyNotForEdge(const edge::Value &object, const EdgeInstallation &installation)
{
    const QString nameSpace = text(object.at({"metadata", "namespace"}));
    if (installation.singleNamespace && nameSpace != installation.ambassadorNamespace)
        return u"the edge looks at namespace %1 only (AMBASSADOR_SINGLE_NAMESPACE)"_s.arg(
            installation.ambassadorNamespace);
    const edge::Value &ids = object.at({"spec", "ambassador_id"});
    QStringList wanted;
    for (const edge::Value &id : ids.items())
        wanted.append(text(id));
    if (ids.isString())
        wanted.append(text(ids));
    if (ids.isNull())
        wanted.append(u"default"_s);
    if (wanted.contains(installation.ambassadorId) || wanted == QStringList{u"_automatic_"_s})
        return {};
    return u"its ambassador_id is %1, the edge's is %2"_s.arg(
        wanted.isEmpty() ? u"empty"_s : wanted.join(u", "_s), installation.ambassadorId);
}

} // namespace models
