// SPDX-License-Identifier: GPL-3.0-or-later
// edge run: the edge core on this machine, from manifests or as a cluster's edge, following their changes; edge export:
// the same configuration for a real Envoy.
#include "app/cli/command.h"
#include "app/cluster_watch.h"
#include "app/edge_access.h"
#include "app/manifest_files.h"
#include "app/service_forwards.h"
#include "edge/config/envoy_export.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/known_endpoints.h"
#include "edge/run/edge_runner.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/edge_compile.h"
#include "models/resources/snapshot_maker.h"

#include <QFile>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <set>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr std::chrono::milliseconds LookAgain{300}; // at the manifests

struct Wanted
{
    edge::EdgeRunOptions options;
    QString problem;
};

// "KEY=VALUE" → both; "" and "" without a '='.
std::pair<QString, QString> pairOf(const QString &text)
{
    const qsizetype equals = text.indexOf(u'=');
    return equals <= 0 ? std::pair<QString, QString>()
                       : std::pair(text.left(equals).trimmed(), text.mid(equals + 1).trimmed());
}

QString addMap(edge::EdgeRunOptions &options, const QString &text)
{
    const auto [service, address] = pairOf(text);
    const auto endpoint = edge::parseEndpoint(address.toStdString());
    if (service.isEmpty() || !endpoint)
        return u"--map %1 is not SERVICE=HOST:PORT"_s.arg(text);
    options.services[service.toStdString()] = *endpoint;
    return {};
}

QString addMapFile(edge::EdgeRunOptions &options, const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return u"--map-file %1 cannot be read: %2"_s.arg(path, file.errorString());
    const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
    for (const QString &line : lines) {
        if (line.trimmed().isEmpty() || line.trimmed().startsWith(u'#'))
            continue;
        if (const QString problem = addMap(options, line.trimmed()); !problem.isEmpty())
            return path + u": "_s + problem;
    }
    return {};
}

Wanted wantedRun(const Invocation &invocation)
{
    Wanted wanted;
    const QCommandLineParser &parser = invocation.parser;
    const SessionOptions &session = invocation.session.options();
    wanted.options.defaultNamespace = session.namespaceOfFiles().toStdString();
    for (const QString &text : parser.values(u"listen"_s)) {
        const auto endpoint = edge::parseEndpoint(text.toStdString());
        if (!endpoint)
            return {{}, u"--listen "_s + QString::fromStdString(endpoint.error().message)};
        wanted.options.listens.push_back(*endpoint);
    }
    for (const QString &text : parser.values(u"listener"_s)) {
        const auto [port, address] = pairOf(text);
        const auto endpoint = edge::parseEndpoint(address.toStdString());
        bool isNumber = false;
        const ushort number = port.toUShort(&isNumber);
        if (!isNumber || !endpoint)
            return {{}, u"--listener %1 is not PORT=ADDRESS:PORT"_s.arg(text)};
        wanted.options.listeners[number] = *endpoint;
    }
    for (const QString &text : parser.values(u"map"_s)) {
        if (QString problem = addMap(wanted.options, text); !problem.isEmpty())
            return {{}, problem};
    }
    if (parser.isSet(u"map-file"_s))
        wanted.problem = addMapFile(wanted.options, parser.value(u"map-file"_s));
    return wanted;
}

void sayWhatIsLeftOut(const ManifestSet &set, const Output &output)
{
    for (const QString &sentence : set.problems + set.notes)
        output.note(u"sallyportctl: "_s + sentence);
}

// What the edge is told that these manifests are for, as explain and check take it.
kube::Result<edge::CompileOptions> compileOptionsOf(const Invocation &invocation, const ManifestSet &set)
{
    const auto snapshot = models::makeSnapshot(snapshotInputOf(set.objects, QDateTime::currentDateTimeUtc()));
    const auto edge = invocation.session.edgeOfFiles(*snapshot);
    if (!edge)
        return tl::unexpected(edge.error());
    for (const QString &sentence : invocation.session.compatNotes(*snapshot))
        invocation.output.note(u"note: "_s + sentence);
    edge::CompileOptions options = models::compileOptions(*snapshot, *edge);
    options.endpointsRead = true; // those among the manifests are all that there are
    return options;
}

// false: nothing is served differently, and why has been said.
bool load(edge::EdgeRunner &runner, ManifestSet set, const edge::CompileOptions &options,
          const Output &output)
{
    fitToEdge(set, options);
    sayWhatIsLeftOut(set, output);
    if (set.objects.empty() && !set.problems.isEmpty())
        return false;
    const auto notes = runner.apply(set.objects);
    if (!notes) {
        output.note(u"sallyportctl: %1"_s.arg(QString::fromStdString(notes.error().message)));
        return false;
    }
    for (const std::string &note : *notes)
        output.note(withPlace(QString::fromStdString(note), set));
    return true;
}

void sayReady(const edge::EdgeRunner &runner, const Output &output)
{
    QString line = u"ready"_s;
    for (const std::string &address : runner.addresses())
        line += u' ' + QString::fromStdString(address);
    output.line(line);
}

// Watches the cluster on its thread, and keeps the newest snapshot for whoever asks from another one.
class SnapshotWatch
{
public:
    explicit SnapshotWatch(kube::Client &client)
        : m_client(client)
    {
        there([this] {
            m_watch = new ClusterWatch(m_client, &m_client);
            QObject::connect(m_watch, &ClusterWatch::snapshotReady, m_watch,
                             [this](const models::SnapshotInput &input) { m_newest = input; });
            m_watch->start();
        });
    }
    ~SnapshotWatch()
    {
        there([this] { delete m_watch; });
    }
    SnapshotWatch(const SnapshotWatch &) = delete;
    SnapshotWatch &operator=(const SnapshotWatch &) = delete;

    std::optional<models::SnapshotInput> take()
    {
        std::optional<models::SnapshotInput> newest;
        there([&] { newest = std::exchange(m_newest, std::nullopt); });
        return newest;
    }

private:
    template<typename Work>
    void there(Work work)
    {
        QMetaObject::invokeMethod(&m_client, work, Qt::BlockingQueuedConnection);
    }
    kube::Client &m_client;
    ClusterWatch *m_watch = nullptr;
    std::optional<models::SnapshotInput> m_newest; // of the cluster thread
};

struct Configured
{
    edge::Config config;
    ManifestSet manifests;                 // that it is of, if of any
    edge::SharedList<edge::Value> objects; // that it is of, wherever they are from
    edge::EdgeRunOptions options;          // with what the edge is told
};

// The configuration of the manifests, as edge run compiles it, or of the cluster's edge.
edge::Result<Configured> configuration(Invocation &invocation, edge::EdgeRunOptions options)
{
    const QStringList paths = invocation.session.options().manifests;
    if (!paths.isEmpty()) {
        ManifestSet set =
            ManifestReader(paths, QString::fromStdString(options.defaultNamespace), invocation.session.stop())
                .read();
        if (set.objects.empty() && !set.problems.isEmpty())
            return edge::failure(edge::Error::Kind::Config, set.problems.join(u'\n').toStdString());
        const auto compile = compileOptionsOf(invocation, set);
        if (!compile)
            return edge::failure(edge::Error::Kind::Config, compile.error().message.toStdString());
        options.compile = *compile;
        fitToEdge(set, options.compile);
        sayWhatIsLeftOut(set, invocation.output);
        edge::Config config = edge::compiledFor(options, set.objects);
        auto objects = set.objects;
        return Configured{std::move(config), std::move(set), std::move(objects), std::move(options)};
    }
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return edge::failure(edge::Error::Kind::Config, analysis.error().message.toStdString());
    if (!(*analysis)->hasEdge || !(*analysis)->view.table)
        return edge::failure(edge::Error::Kind::Config,
                             (*analysis)->hasEdge ? (*analysis)->view.problem.toStdString()
                                                  : whyNoEdge(*(*analysis)->snapshot).toStdString()
                                     + ", or export from manifests by -f");
    options.compile = models::compileOptions((*analysis)->view.installation);
    return Configured{
        (*analysis)->view.table->config(), {}, (*analysis)->snapshot->ambassadorObjects, std::move(options)};
}

// NAMESPACE/NAME → the files of that Secret which the exported configuration reads below folder.
QMap<QString, QStringList> secretFiles(const edge::Value &exported, const QString &folder)
{
    QMap<QString, QStringList> files;
    const auto addAll = [&](const edge::Value &part) {
        const QMap<QString, QStringList> inside = secretFiles(part, folder);
        for (auto secret = inside.begin(); secret != inside.end(); ++secret)
            files[secret.key()] += secret.value();
    };
    for (const auto &[name, part] : exported.members()) {
        const QString path = QString::fromStdString(part.text());
        if (name == "filename" && path.startsWith(folder + u'/'))
            files[path.mid(folder.size() + 1).section(u'/', 0, 1)].append(path.section(u'/', -1));
        addAll(part);
    }
    for (const edge::Value &part : exported.items())
        addAll(part);
    for (QStringList &of : files) {
        of.removeDuplicates();
        of.sort();
    }
    return files;
}

void noteSecretFiles(const Output &output, const edge::Value &exported, const std::string &folder)
{
    QStringList secrets;
    const QString below = QString::fromStdString(folder);
    const QMap<QString, QStringList> files = secretFiles(exported, below);
    for (auto secret = files.begin(); secret != files.end(); ++secret)
        secrets.append(u"Secret %1 as %2/%1/{%3}"_s.arg(secret.key(), below, secret.value().join(u',')));
    if (!secrets.isEmpty())
        output.note(
            u"sallyportctl: Envoy starts only if these files are there before (another folder: --secrets-folder): %1"_s
                .arg(secrets.join(u", "_s)));
}

int exportEdge(Invocation &invocation)
{
    const QCommandLineParser &parser = invocation.parser;
    if (parser.value(u"format"_s) != "envoy"_L1)
        return wrongUsage(invocation,
                          u"--format %1 is not known; use envoy"_s.arg(parser.value(u"format"_s)));
    bool isNumber = false;
    edge::EnvoyExportOptions wanted;
    wanted.adminPort = parser.value(u"admin-port"_s).toUShort(&isNumber);
    if (!isNumber)
        return wrongUsage(invocation, u"--admin-port %1 is no port"_s.arg(parser.value(u"admin-port"_s)));
    wanted.secretsFolder = parser.value(u"secrets-folder"_s).toStdString();
    const Wanted run = wantedRun(invocation);
    if (!run.problem.isEmpty())
        return wrongUsage(invocation, run.problem);
    const auto configured = configuration(invocation, run.options);
    if (!configured)
        return invocation.output.fail(QString::fromStdString(configured.error().message));
    for (const edge::Diagnostic &diagnostic : configured->config.diagnostics) // as edge run says them
        invocation.output.note(
            withPlace(QString::fromStdString(edge::textOf(diagnostic)), configured->manifests));
    for (const std::string &sentence : edge::unusedOptions(configured->options, configured->config))
        invocation.output.note(u"sallyportctl: "_s + QString::fromStdString(sentence));
    const edge::Config relocated = edge::relocated(configured->config, configured->options);
    wanted.endpoints =
        edge::knownEndpoints(relocated, configured->objects, configured->options.defaultNamespace);
    for (const std::string &sentence : edge::exportDepartures(relocated, wanted))
        invocation.output.note(u"sallyportctl: "_s + QString::fromStdString(sentence));
    const edge::Value bootstrap = edge::envoyBootstrap(relocated, wanted);
    noteSecretFiles(invocation.output, bootstrap, wanted.secretsFolder);
    const std::string text =
        invocation.output.format() == Format::Yaml ? edge::toYaml(bootstrap) : edge::toJson(bootstrap, 2);
    invocation.output.line(QString::fromStdString(text).trimmed());
    std::set<QString> refused; // an object that two things are said of is one
    for (const edge::Diagnostic &diagnostic : configured->config.diagnostics) {
        if (edge::isRefusedByEnvoy(diagnostic))
            refused.insert(models::refOf(diagnostic.object).text());
    }
    if (refused.empty())
        return AllWell;
    invocation.output.note(
        u"sallyportctl: the edge takes no configuration with what is said above of %1; see to that before this is tried in an Envoy"_s
            .arg(refused.size() == 1 ? u"one object"_s : u"%1 objects"_s.arg(refused.size())));
    return BadAnswer;
}

// Serves until it is stopped; pause() comes every LookAgain; true: something has changed.
template<typename Pause>
int serve(asio::io_context &loop, edge::EdgeRunner &runner, const Invocation &invocation, Pause pause)
{
    if (runner.addresses().empty())
        return invocation.output.fail(
            runner.hasListeners()
                ? u"nothing is listened on; what is written above says why"_s
                : u"nothing is listened on: these objects make no listener; add a Listener (one of them is enough)"_s);
    sayReady(runner, invocation.output);
    const auto work = asio::make_work_guard(loop);
    const std::stop_token stop = invocation.session.stop();
    while (!stop.stop_requested()) {
        loop.restart();
        loop.run_for(LookAgain);
        if (pause())
            sayReady(runner, invocation.output);
    }
    runner.stop();
    loop.restart();
    loop.poll();
    return AllWell;
}

int serveManifests(Invocation &invocation, edge::EdgeRunOptions options)
{
    ManifestReader reader(invocation.session.options().manifests,
                          QString::fromStdString(options.defaultNamespace), invocation.session.stop());
    QString seen = reader.fingerprint();
    ManifestSet set = reader.read();
    const auto found = compileOptionsOf(invocation, set);
    if (!found)
        return invocation.output.fail(found.error().message);
    const edge::CompileOptions compile = *found;
    options.compile = compile;
    asio::io_context loop(1);
    edge::EdgeRunner runner(loop, std::move(options));
    if (!load(runner, std::move(set), compile, invocation.output))
        return CouldNot;
    return serve(loop, runner, invocation, [&] {
        const QString now = reader.fingerprint();
        return std::exchange(seen, now) != now && load(runner, reader.read(), compile, invocation.output);
    });
}

// What the edge of the cluster makes of its objects, served here; its Services are reached by port-forwards.
int serveCluster(Invocation &invocation, edge::EdgeRunOptions options)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    if (!(*analysis)->hasEdge)
        return invocation.output.fail(whyNoEdge(*(*analysis)->snapshot) + u", or serve manifests by -f"_s);
    kube::Client &client = **invocation.session.client();
    const models::EdgeInstallation &installation = (*analysis)->view.installation;
    options.compile = models::compileOptions(*(*analysis)->snapshot, installation);
    options.defaultNamespace = options.compile.ambassadorNamespace;
    ServiceForwards forwards(client, installation.ambassadorNamespace);
    options.resolve = [&forwards](const edge::Cluster &cluster) { return forwards.endpointOf(cluster); };
    options.isBehindSidecars = true;
    asio::io_context loop(1);
    edge::EdgeRunner runner(loop, std::move(options));
    std::set<std::string> said; // a cluster changes all the time, most often not in this
    const auto apply = [&](const models::Snapshot &snapshot) {
        forwards.setServices(snapshot);
        const auto notes = runner.apply(snapshot.ambassadorObjects);
        for (const std::string &note : notes ? *notes : std::vector<std::string>{notes.error().message}) {
            if (said.insert(note).second)
                invocation.output.note(QString::fromStdString(note));
        }
        return notes.has_value();
    };
    if (!apply(*(*analysis)->snapshot))
        return CouldNot;
    invocation.output.note(u"keys stay in the cluster: what listens with TLS refuses every handshake here"_s);
    SnapshotWatch watch(client);
    models::SnapshotMaker maker;
    return serve(loop, runner, invocation, [&] {
        const auto input = watch.take();
        const std::vector<std::string> before = runner.addresses();
        return input && apply(*maker.make(*input)) && runner.addresses() != before;
    });
}

int serveEdge(Invocation &invocation)
{
    Wanted wanted = wantedRun(invocation);
    if (!wanted.problem.isEmpty())
        return wrongUsage(invocation, wanted.problem);
    return invocation.session.options().manifests.isEmpty()
        ? serveCluster(invocation, std::move(wanted.options))
        : serveManifests(invocation, std::move(wanted.options));
}

} // namespace

int runEdge(Invocation &invocation)
{
    if (invocation.arguments == QStringList{u"export"_s})
        return exportEdge(invocation);
    if (invocation.arguments != QStringList{u"run"_s})
        return wrongUsage(invocation, u"edge needs what to do: run or export"_s);
    return serveEdge(invocation);
}

} // namespace app::cli
