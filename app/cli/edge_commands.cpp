// SPDX-License-Identifier: GPL-3.0-or-later
// edge run: the edge core on this machine, from manifests, reloading when they change; edge export: the same
// configuration for a real Envoy.
#include "app/cli/command.h"
#include "app/manifest_files.h"
#include "edge/config/envoy_export.h"
#include "edge/edge_runner.h"

#include <QDateTime>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <asio/io_context.hpp>

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
    const auto compat = edge::compatFromName(session.compat.toStdString());
    if (!compat)
        return {{}, u"--compat %1 is not known; use v1, v2, v3 or v4"_s.arg(session.compat)};
    wanted.options.compile.compat = *compat;
    wanted.options.compile.ambassadorId = session.ambassadorId.toStdString();
    wanted.options.defaultNamespace
        = session.nameSpace.isEmpty() ? "default" : session.nameSpace.toStdString();
    wanted.options.compile.ambassadorNamespace = wanted.options.defaultNamespace;
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

// Changes whenever a manifest does: names, sizes and times.
QString fingerprint(const QString &path)
{
    const QFileInfo info(path);
    if (!info.isDir())
        return u"%1 %2"_s.arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
    QStringList parts;
    QDirIterator walk(path, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QFileInfo file(walk.next());
        parts.append(
            u"%1 %2 %3"_s.arg(file.filePath()).arg(file.size()).arg(file.lastModified().toMSecsSinceEpoch()));
    }
    parts.sort();
    return parts.join(u'\n');
}

// "Mapping prod/a: spec.weight: …" → "all.yaml, document 2: Mapping prod/a: …"
QString withPlace(const QString &note, const UsableManifests &set)
{
    const QString place = set.places.value(note.left(note.indexOf(u": "_s)));
    return place.isEmpty() ? note : place + u": "_s + note;
}

// false: nothing is served differently, and why has been said.
bool load(edge::EdgeRunner &runner, const QString &path, const QString &nameSpace, const Output &output)
{
    UsableManifests set = readUsableManifests(path, nameSpace);
    for (const QString &problem : set.problems)
        output.note(u"sallyportctl: "_s + problem);
    if (set.objects.empty() && !set.problems.isEmpty())
        return false;
    const auto notes = runner.apply(std::move(set.objects));
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

// The configuration of the manifests, as edge run compiles it, or of the cluster's edge.
edge::Result<edge::Config> configuration(Invocation &invocation, const edge::EdgeRunOptions &options)
{
    const QString path = invocation.session.options().manifests;
    if (!path.isEmpty()) {
        UsableManifests set = readUsableManifests(path, QString::fromStdString(options.defaultNamespace));
        for (const QString &problem : set.problems)
            invocation.output.note(u"sallyportctl: "_s + problem);
        if (set.objects.empty() && !set.problems.isEmpty())
            return edge::failure(edge::Error::Kind::Config, path.toStdString() + " holds nothing that could be used");
        return edge::compiledFor(options, set.objects);
    }
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return edge::failure(edge::Error::Kind::Config, analysis.error().message.toStdString());
    if (!(*analysis)->hasEdge || !(*analysis)->view.table)
        return edge::failure(edge::Error::Kind::Config,
                             (*analysis)->hasEdge ? (*analysis)->view.problem.toStdString()
                                                  : "no Ambassador installation was found in this cluster; -f "
                                                    "exports from manifests");
    return (*analysis)->view.table->config();
}

int exportEdge(Invocation &invocation)
{
    const QCommandLineParser &parser = invocation.parser;
    if (parser.value(u"format"_s) != "envoy"_L1)
        return wrongUsage(invocation, u"--format %1 is not known; use envoy"_s.arg(parser.value(u"format"_s)));
    bool isNumber = false;
    edge::EnvoyExportOptions wanted;
    wanted.adminPort = parser.value(u"admin-port"_s).toUShort(&isNumber);
    if (!isNumber)
        return wrongUsage(invocation, u"--admin-port %1 is no port"_s.arg(parser.value(u"admin-port"_s)));
    wanted.secretsFolder = parser.value(u"secrets-folder"_s).toStdString();
    const Wanted run = wantedRun(invocation);
    if (!run.problem.isEmpty())
        return wrongUsage(invocation, run.problem);
    const auto config = configuration(invocation, run.options);
    if (!config)
        return invocation.output.fail(QString::fromStdString(config.error().message));
    for (const edge::Diagnostic &diagnostic : config->diagnostics) {
        if (diagnostic.severity == edge::Diagnostic::Severity::Error)
            invocation.output.note(QString::fromStdString(edge::textOf(diagnostic)));
    }
    const edge::Value bootstrap = edge::envoyBootstrap(edge::relocated(*config, run.options), wanted);
    const std::string text
        = invocation.output.format() == Format::Yaml ? edge::toYaml(bootstrap) : edge::toJson(bootstrap, 2);
    invocation.output.line(QString::fromStdString(text).trimmed());
    return AllWell;
}

int serveEdge(Invocation &invocation)
{
    const QString path = invocation.session.options().manifests;
    if (path.isEmpty())
        return wrongUsage(invocation, u"edge run needs -f FILE or folder"_s);
    Wanted wanted = wantedRun(invocation);
    if (!wanted.problem.isEmpty())
        return wrongUsage(invocation, wanted.problem);
    const QString nameSpace = QString::fromStdString(wanted.options.defaultNamespace);
    asio::io_context loop(1);
    edge::EdgeRunner runner(loop, std::move(wanted.options));
    QString seen = fingerprint(path);
    if (!load(runner, path, nameSpace, invocation.output))
        return CouldNot;
    if (runner.addresses().empty())
        return invocation.output.fail(
            u"nothing is listened on: no Listener of %1 has a port of --listen, or the ports are taken"_s.arg(
                path));
    sayReady(runner, invocation.output);
    const std::stop_token stop = invocation.session.stop();
    while (!stop.stop_requested()) {
        loop.restart();
        loop.run_for(LookAgain);
        const QString now = path == "-"_L1 ? seen : fingerprint(path);
        if (now == seen)
            continue;
        seen = now;
        if (load(runner, path, nameSpace, invocation.output))
            sayReady(runner, invocation.output);
    }
    runner.stop();
    loop.restart();
    loop.poll();
    return AllWell;
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
