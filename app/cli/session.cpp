// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/session.h"

#include "app/edge_proxies.h"
#include "app/loaded_grafana.h"
#include "app/loaded_prometheus.h"
#include "app/presented_certificates.h"
#include "app/snapshot_fetch.h"
#include "app/template_pods.h"
#include "app/write_modes.h"

#include <QDir>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QStringList sentencesOf(const QHash<QString, QString> &onlyIn)
{
    QMap<QString, QStringList> kindsOf;
    for (auto one = onlyIn.begin(); one != onlyIn.end(); ++one)
        kindsOf[one.value()].append(one.key());
    QStringList sentences;
    for (auto kinds = kindsOf.begin(); kinds != kindsOf.end(); ++kinds) {
        kinds->sort();
        sentences.append(
            u"only namespace %1 was looked at for %2: this account may not list them in all namespaces"_s.arg(
                kinds.key(), kinds->join(u", "_s)));
    }
    return sentences;
}

// What is wrong with such a pod is to be corrected where its template stands.
void addOriginsOfStandIns(ManifestSet &manifests, const models::Snapshot &snapshot)
{
    for (const models::Pod &pod : snapshot.pods) {
        const auto origin = manifests.origins.constFind(standsInFor(pod));
        const QString name = models::ObjectRef{u"Pod"_s, pod.nameSpace, pod.name}.text();
        if (origin != manifests.origins.constEnd() && !manifests.origins.contains(name))
            manifests.origins.insert(name, ManifestOrigin(*origin));
    }
}

} // namespace

void SessionOptions::applyTo(models::EdgeInstallation &installation) const
{
    if (const auto chosen = edge::compatFromName(compat.toStdString()))
        installation.judgeBy(*chosen);
    if (!ambassadorId.isEmpty())
        installation.takeId(ambassadorId);
}

QString SessionOptions::misfit(const models::Snapshot &snapshot, const QUrl &server) const
{
    if (!nameSpace.isEmpty() && !allNamespaces && snapshot.knows(u"namespaces"_s)
        && !snapshot.nameSpace(nameSpace)) {
        QStringList names;
        for (const models::Namespace &each : snapshot.namespaces)
            names.append(each.name);
        names.sort();
        constexpr qsizetype Most = 12;
        const QString more = names.size() > Most ? u" and %1 more"_s.arg(names.size() - Most) : QString();
        return u"there is no namespace %1 in %2; choose another by -n, or all by -A; there are: %3%4"_s.arg(
            nameSpace, server.toString(), names.mid(0, Most).join(u", "_s), more);
    }
    const auto isNamed = [this](const models::EdgeInstallation &each) { return each.key() == edge; };
    if (!edge.isEmpty() && std::none_of(snapshot.edges.begin(), snapshot.edges.end(), isNamed))
        return u"no edge %1 in this cluster; `sallyportctl edges` lists them"_s.arg(edge);
    return {};
}

Session::Session(SessionOptions options)
    : m_options(std::move(options))
    , m_notes(m_options.say, m_options.isVerbose)
{
}

Session::~Session() = default;

kube::Result<kube::Kubeconfig> Session::kubeconfig() const
{
    return kube::Kubeconfig::load(
        kube::kubeconfigSources(m_options.kubeconfig, qEnvironmentVariable("KUBECONFIG"), QDir::homePath()));
}

kube::Result<kube::Connection> Session::connection() const
{
    const auto config = kubeconfig();
    if (!config)
        return tl::unexpected(config.error());
    if (const auto all = config->complete(); !all)
        return tl::unexpected(all.error());
    auto connection = config->connection(m_options.context);
    if (connection)
        (void)WriteModes().applyTo(*connection); // client() says what is wrong with them
    return connection;
}

kube::Result<kube::Client *> Session::client()
{
    if (!m_cluster) {
        auto resolved = connection();
        if (!resolved)
            return tl::unexpected(resolved.error());
        if (const auto modes = WriteModes().applyTo(*resolved); !modes)
            m_options.say(u"warning: "_s + modes.error().message);
        m_notes.prepare(*resolved, m_options);
        m_cluster = std::make_unique<ClusterThread>(std::move(*resolved));
        m_notes.listenTo(m_cluster->client());
    }
    return &m_cluster->client();
}

kube::Result<std::shared_ptr<const ClusterAnalysis>> Session::analysis(Reading reading)
{
    if (!m_options.manifests.isEmpty())
        return analysisOfFiles();
    const auto connected = client();
    if (!connected)
        return tl::unexpected(connected.error());
    auto input = fetchSnapshot(**connected, m_options.stop);
    if (!input)
        return tl::unexpected(input.error());
    if (reading == Reading::Certificates)
        fetchPlatform(**connected, *input, m_options.stop);
    if (reading == Reading::Proxies || reading == Reading::Certificates)
        fetchProxies(**connected, *input, m_options.stop);
    if (reading == Reading::Observers) {
        fetchLoadedPrometheus(**connected, *input, m_options.stop);
        fetchLoadedGrafana(**connected, *input, m_options.stop);
    }
    m_narrowed = sentencesOf(input->onlyIn);
    auto result = analyse(
        *input, m_options.edge, [this](models::EdgeInstallation &edge) { m_options.applyTo(edge); },
        m_options.ambassadorId);
    const QUrl &server = (*connected)->transport().connection().server;
    if (const QString why = m_options.misfit(*result->snapshot, server); !why.isEmpty())
        return kube::failure(kube::Error::Kind::NotFound, why);
    return reading == Reading::Certificates ? withPresented(**connected, result, m_options.stop) : result;
}

kube::Result<std::shared_ptr<const ClusterAnalysis>> Session::analysisOfFiles()
{
    m_manifests = ManifestReader(m_options.manifests, m_options.namespaceOfFiles(), m_options.stop).read();
    if (m_manifests.objects.empty() && !m_manifests.problems.isEmpty())
        return kube::failure(kube::Error::Kind::Config, m_manifests.problems.join(u'\n'));
    if (m_manifests.objects.empty()) { // a generator that has failed before us must not pass
        QStringList places = m_options.manifests;
        std::replace(places.begin(), places.end(), u"-"_s, u"the standard input"_s);
        return kube::failure(
            kube::Error::Kind::Config,
            u"no object is in %1: has what should have written it failed?"_s.arg(places.join(u", "_s)));
    }
    auto analysis = std::make_shared<ClusterAnalysis>();
    const auto makeSnapshot = [&] {
        analysis->snapshot =
            models::makeSnapshot(snapshotInputOf(m_manifests.objects, QDateTime::currentDateTimeUtc()));
    };
    makeSnapshot();
    const auto edge = edgeOfFiles(*analysis->snapshot);
    if (!edge)
        return tl::unexpected(edge.error());
    models::EdgeInstallation installation = *edge;
    if (installation.name
            .isEmpty()) // as the edge does, the sidecar that shares its certificate stands elsewhere
        installation.hasIstioCertificate = true;
    fitToEdge(m_manifests, models::compileOptions(installation));
    if (!m_manifests.copies.isEmpty())
        makeSnapshot();
    addOriginsOfStandIns(m_manifests, *analysis->snapshot);
    m_narrowed = m_manifests.problems + m_manifests.notes + compatNotes(*analysis->snapshot);
    if (const QString note = standInNote(*analysis->snapshot); !note.isEmpty())
        m_narrowed.append(note);
    analysis->hasEdge = true;
    analysis->view = models::viewEdge(*analysis->snapshot, installation);
    analysis->postures = models::workloadPostures(*analysis->snapshot);
    completeAnalysis(*analysis);
    return std::shared_ptr<const ClusterAnalysis>(std::move(analysis));
}

// v4 is what files are judged by, whatever an image among them says: that is no untruth only where it is said.
QStringList Session::compatNotes(const models::Snapshot &snapshot) const
{
    QStringList notes;
    for (const models::EdgeInstallation &each : snapshot.edges) {
        if (m_options.isCompatChosen || each.isCompatGuessed || each.compat == edge::Compat::V4)
            continue;
        const auto own = QString::fromLatin1(edge::compatName(each.compat).data());
        notes.append(
            u"edge %1 is of version %2 and judged as v4, as all of files is; its own rules by --compat %3"_s
                .arg(each.key(), each.version, own));
    }
    return notes;
}

kube::Result<models::EdgeInstallation> Session::edgeOfFiles(const models::Snapshot &snapshot) const
{
    const models::EdgeInstallation *found = snapshot.edge(m_options.edge, m_options.ambassadorId);
    if (!found && !m_options.edge.isEmpty()) {
        QStringList names;
        for (const models::EdgeInstallation &each : snapshot.edges)
            names.append(each.key());
        return kube::failure(
            kube::Error::Kind::NotFound,
            names.isEmpty()
                ? u"no edge %1 in these manifests: they hold none; leave out --edge, or add its Deployment"_s
                      .arg(m_options.edge)
                : u"no edge %1 in these manifests; there are: %2"_s.arg(m_options.edge, names.join(u", "_s)));
    }
    models::EdgeInstallation installation;
    installation.ambassadorNamespace = m_options.namespaceOfFiles();
    if (found)
        installation = *found;
    m_options.applyTo(installation);
    return installation;
}

QString Session::nameSpaceOfOne(kube::Client &client) const
{
    const QString wanted = wantedNamespace();
    return wanted.isEmpty() ? client.transport().connection().nameSpace : wanted;
}

kube::Result<Journal> Session::journal() const
{
    const auto resolved = connection();
    if (!resolved)
        return tl::unexpected(resolved.error());
    Journal journal(Journal::fileFor(*resolved));
    const auto content = journal.read(); // what cannot be read is not empty
    if (!content)
        return tl::unexpected(content.error());
    return journal;
}

EdgeHost &Session::edge()
{
    if (!m_edge)
        m_edge = std::make_unique<EdgeHost>();
    return *m_edge;
}

} // namespace app::cli
