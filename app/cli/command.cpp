// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include "app/cli/completion.h"
#include "app/cli/field_validation.h"
#include "edge/run/edge_runner.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QCommandLineOption option(const QStringList &names, const char *description, const char *valueName = nullptr,
                          const char *fallback = nullptr)
{
    QCommandLineOption result(names, QString::fromLatin1(description));
    if (valueName)
        result.setValueName(QString::fromLatin1(valueName));
    if (fallback)
        result.setDefaultValue(QString::fromLatin1(fallback));
    return result;
}

QList<QCommandLineOption> requestOptions()
{
    return {option({u"X"_s, u"method"_s}, "Method of the request.", "METHOD", "GET"),
            option({u"H"_s, u"header"_s}, "A header, 'Name: value'; several times.", "HEADER")};
}

QList<QCommandLineOption> fileOptions()
{
    return {
        option({u"f"_s, u"filename"_s},
               "Manifests in FILE or folder instead of a cluster; - is standard input; several times.",
               "FILE"),
        option({u"compat"_s},
               "Generation of the edge: v1, v2 (2.4, 2.5), v3, v4, or an older 2.x such as v2.2; else as "
               "the cluster's edge "
               "says, v4 with -f.",
               "VERSION"),
        option({u"ambassador-id"_s},
               "ambassador_id of the edge; else what the edge's container says, in the cluster or the files.",
               "ID")};
}

QList<QCommandLineOption> explainOptions() { return requestOptions() + fileOptions(); }

QList<QCommandLineOption> sendOptions()
{
    return requestOptions()
        + QList{option({u"d"_s, u"data"_s}, "Body of the request.", "TEXT"),
                option({u"via"_s},
                       "How the edge is reached: edge (its address), proxy (the API server's), HOST:PORT.",
                       "WAY", "edge"),
                option({u"i"_s, u"include"_s}, "Print the answer's headers too.")};
}

QList<QCommandLineOption> getOptions()
{
    return {
        option({u"wide"_s}, "The columns too that the server keeps for those who ask."),
        option({u"column"_s},
               "A column by JSONPath instead of the server's, such as PREFIX:.spec.prefix; several times.",
               "HEADER:PATH"),
        option({u"l"_s, u"selector"_s}, "Only those with these labels, such as app=quote.", "LABELS"),
        option({u"w"_s, u"watch"_s}, "Then every change, a line each, until Ctrl+C."),
        option(
            {u"output-watch-events"_s},
            "With --watch: what happened to each, ADDED, MODIFIED or DELETED; JSON and YAML always say it.")};
}

QList<QCommandLineOption> writeOptions();

QList<QCommandLineOption> applyOptions()
{
    return writeOptions()
        + QList{option({u"f"_s, u"filename"_s},
                       "Manifests in FILE or folder; - is standard input; several times.", "FILE"),
                option({u"server-side"_s}, "As kubectl's: this apply always is."),
                option({u"force-conflicts"_s}, "Take over fields that others own."),
                option({u"field-manager"_s}, "Whose fields these are then.", "NAME", "sallyport"),
                validateOption()};
}

QList<QCommandLineOption> logOptions()
{
    return {option({u"f"_s, u"follow"_s}, "Go on with what is written, until Ctrl+C or the container's end."),
            option({u"c"_s, u"container"_s},
                   "Which container, where there are several; else the pod's default or its first.", "NAME"),
            option({u"p"_s, u"previous"_s}, "Of the container before its last restart."),
            option({u"since"_s}, "Only what is younger, such as 5m.", "TIME"),
            option({u"tail"_s}, "Only so many lines of what there is; -1 all.", "LINES", "-1"),
            option({u"timestamps"_s}, "The time before each line, as the node took it.")};
}

QList<QCommandLineOption> edgeOptions()
{
    return fileOptions()
        + QList{option({u"listen"_s}, "Serve the Listener of this port at this address; several times.",
                       "ADDR:PORT"),
                option({u"listener"_s}, "Bind a Listener's port elsewhere; several times.", "PORT=ADDR:PORT"),
                option({u"map"_s}, "Where a service lives; several times.", "SERVICE=HOST:PORT"),
                option({u"map-file"_s}, "The same, a line each.", "FILE"),
                option({u"format"_s}, "Of export: envoy, a v3 bootstrap; JSON, or YAML with -o yaml.",
                       "FORMAT", "envoy"),
                option({u"secrets-folder"_s},
                       "Where Envoy will find DIR/NAMESPACE/NAME/tls.crt, tls.key, crl.pem.", "DIR",
                       "/etc/sallyport/secrets"),
                option({u"admin-port"_s}, "Of the exported configuration; 0: none.", "PORT", "0")};
}

QList<QCommandLineOption> reportOptions()
{
    return {option({u"report"_s}, "Write a page for people who were not there to this file.", "FILE.html")};
}

QCommandLineOption windowOption()
{
    return option(
        {u"window"_s},
        "How far back traffic is looked at: 7d, or longer where a job without a sidecar runs less often.",
        "TIME");
}

QCommandLineOption acceptOption()
{
    return option({u"accept"_s},
                  "Take a LIKELY row of the preflight, or a check after a step that nobody can answer, upon "
                  "yourself; several times.",
                  "ROW[:OBJECT]=REASON");
}

QList<QCommandLineOption> strictOptions()
{
    return writeOptions() + fileOptions()
        + QList{
            option({u"scope"_s}, "mesh, NAMESPACE or NAMESPACE/WORKLOAD.", "SCOPE"),
            windowOption(),
            acceptOption(),
            option({u"watch"_s}, "How long each write is watched before it is verified.", "TIME", "10m"),
            option({u"soak"_s}, "How long the rehearsal, a namespace and the mesh must hold.", "TIME", "24h"),
            option({u"no-shadow"_s}, "Leave out the rehearsal by a dry-run AuthorizationPolicy.")};
}

QList<QCommandLineOption> guideOptions()
{
    return writeOptions() + fileOptions() + reportOptions()
        + QList{acceptOption(), option({u"all"_s}, "Every step of this cluster's generation."),
                option({u"then-undo"_s},
                       "After apply: take everything back and compare each object with the start.")};
}

QList<QCommandLineOption> writeOptions()
{
    return {option({u"yes"_s}, "Answer the prompt with yes; a context of mode Confirm needs --yes=CONTEXT.",
                   "CONTEXT"),
            option({u"dry-run"_s}, "Show the diff and the server's dry run, write nothing.")};
}

} // namespace

const std::vector<Command> &commands()
{
    static const std::vector<Command> all{
        {"contexts", "", "contexts found, and the file that each came from", {}, runContexts},
        {"doctor",
         "",
         "the connection step by step, and the exact error of the first that fails",
         {},
         runDoctor},
        {"get",
         "KIND[,KIND] [NAME]|KIND/NAME",
         "what there is of any kind that the server serves, as the server shows it",
         getOptions(),
         runGet,
         Command::Demo::IfAsked,
         {u"wide"_s, u"name"_s}},
        {"logs", "POD|KIND/NAME", "the log of a pod's container, followed over lost connections",
         logOptions(), runLogs},
        {"apply", "", "manifests by server-side apply: diff, who owns which field, dry run, journal",
         applyOptions(), runApply},
        {"edit", "KIND NAME|KIND/NAME",
         "an object in $KUBE_EDITOR or $EDITOR; what others change meanwhile is brought together with it",
         writeOptions() + QList{validateOption()}, runEdit},
        {"port-forward",
         "TARGET [LOCAL:]REMOTE",
         "ports of this machine that lead to the pods of svc/NAME or deploy/NAME while they come and go, or "
         "to pod/NAME",
         {option(
             {u"host"_s},
             "Let HTTP for this name through too, as an edge needs it, * for any; several times. Else only "
             "what is asked of localhost, 127.0.0.1 and [::1]: any page may let a name of its own lead here.",
             "NAME")},
         runPortForward},
        {"edges", "", "every Ambassador installation: namespace, id, version, edition, compat", fileOptions(),
         runEdges},
        {"mappings", "", "Mappings with match order, state, TLS and certificate", fileOptions(), runMappings},
        {"hosts", "", "Hosts with TLS, action for clear text and state", fileOptions(), runHosts},
        {"tlscontexts", "", "TLSContexts with secrets, who uses them and state", fileOptions(),
         runTlsContexts},
        {"listeners", "", "what is listened on: port, TLS, hosts, routes", fileOptions(), runListeners},
        {"explain", "URL", "which Mapping serves this request and why", explainOptions(), runExplain},
        {"request", "URL", "the prediction, then the real answer, then how the serving Mapping was confirmed",
         sendOptions(), runRequestCommand},
        {"certs",
         "",
         "certificates with countdown, who uses and renews them",
         fileOptions() + reportOptions()
             + QList{option(
                 {u"within"_s},
                 "Exit with 3 if one ends within this time (30d, 12h, 90m) and is not being renewed in time.",
                 "TIME")},
         runCerts,
         Command::Demo::IfAsked,
         {u"junit"_s, u"sarif"_s, u"markdown"_s, u"prometheus"_s}},
        {"posture",
         "",
         "effective mTLS mode of each workload and port: intended, enforced, observed",
         fileOptions() + reportOptions()
             + QList{option({u"window"_s}, "How far back traffic is looked at.", "TIME", "15m")},
         runPosture,
         Command::Demo::IfAsked,
         {u"junit"_s, u"sarif"_s, u"markdown"_s, u"prometheus"_s}},
        {"check",
         "",
         "every finding of every analysis, for people and for CI; of a cluster or of manifests",
         fileOptions() + reportOptions()
             + QList{option({u"fail-on"_s}, "Exit with 3 from this severity on: error, warning.", "SEVERITY",
                            "error"),
                     option({u"fail-on-unchecked"_s},
                            "Exit with 3 where something could not be checked, too."),
                     option({u"mutes"_s}, "File of muted findings instead of the user's settings.", "FILE"),
                     option({u"show-muted"_s}, "List muted findings too.")},
         runCheck,
         Command::Demo::IfAsked,
         {u"junit"_s, u"sarif"_s, u"markdown"_s, u"prometheus"_s}},
        {"preflight",
         "",
         "what breaks when a scope goes to STRICT, and the verdict",
         fileOptions() + reportOptions()
             + QList{option({u"scope"_s}, "mesh, NAMESPACE or NAMESPACE/WORKLOAD.", "SCOPE", "mesh"),
                     windowOption(), acceptOption()},
         runPreflight,
         Command::Demo::IfAsked,
         {u"junit"_s, u"sarif"_s, u"markdown"_s, u"prometheus"_s}},
        {"strict",
         "plan|apply|status|rollback",
         "the staged switch of a scope to STRICT, watched, journalled and taken back exactly",
         strictOptions() + reportOptions(),
         runStrictCommand,
         Command::Demo::IfAsked,
         {u"junit"_s, u"sarif"_s, u"markdown"_s, u"prometheus"_s}},
        {"fix", "[CODE [KIND/NAME...]]",
         "what would end findings for certain, as changes with a diff; without a code, the list of them",
         writeOptions(), runFix},
        {"explain-finding",
         "[CODE]",
         "the help text of a finding's code; without one, all codes",
         {},
         runExplainFinding},
        {"guide",
         "[check|show|apply|verify|undo] [STEP...|--all]",
         "the integration guide as checks; apply, verify or take back steps, or all of them",
         guideOptions(),
         runGuide,
         Command::Demo::IfAsked,
         {u"junit"_s, u"sarif"_s, u"markdown"_s, u"prometheus"_s}},
        {"edge", "run|export",
         "the edge core on this machine, from manifests or as the cluster's; or the same as an Envoy v3 "
         "bootstrap",
         edgeOptions(), runEdge},
        {"journal", "[show|revert N]", "what was changed by these programs, and exact undo", writeOptions(),
         runJournal},
        {"demo-cluster",
         "",
         "the demo cluster alone, until Ctrl+C; one line when it is ready",
         {option({u"port"_s}, "Port of the API server; 0: any free one.", "PORT", "0"),
          option({u"kubeconfig-out"_s}, "Where the kubeconfig goes.", "FILE"),
          option({u"until-eof"_s}, "End at end of file on standard input.")},
         runDemoCluster,
         Command::Demo::Always},
        {"completion",
         "bash|zsh|fish",
         "completion for a shell: source it from the shell's start file",
         {},
         runCompletion},
        {"demo",
         "tour",
         "walks the whole guide on a fresh demo cluster, a line a step",
         {option({u"out"_s}, "Folder for the report and the pictures.", "DIR", "sallyport-tour")},
         runDemo,
         Command::Demo::Always},
    };
    return all;
}

const Command *findCommand(const QString &name)
{
    for (const Command &command : commands()) {
        if (name == QLatin1String(command.name))
            return &command;
    }
    return nullptr;
}

QString subjectOf(const Session &session)
{
    if (!session.options().manifests.isEmpty())
        return u"manifests in "_s + session.options().manifests.join(u", "_s);
    const auto connection = session.connection();
    return connection ? u"context "_s + connection->context : QString();
}

void noteMisfits(const Output &output, const edge::Config &config, const ManifestSet &manifests)
{
    for (const edge::Diagnostic &diagnostic : config.diagnostics) {
        if (diagnostic.severity == edge::Diagnostic::Severity::Error)
            output.note(withPlace(QString::fromStdString(edge::textOf(diagnostic)), manifests));
    }
}

void noteMisfits(const Invocation &invocation, const ClusterAnalysis &analysis)
{
    if (!invocation.session.options().manifests.isEmpty() && analysis.view.table)
        noteMisfits(invocation.output, analysis.view.table->config(), invocation.session.manifests());
}

QString edgeName(const ClusterAnalysis &analysis)
{
    const models::EdgeInstallation &edge = analysis.view.installation;
    return edge.name.isEmpty() ? QString() : edge.key();
}

bool isTakenByNone(const ClusterAnalysis &analysis, const edge::Value &object)
{
    return !models::whyForNoEdge(object, analysis.snapshot->edges).isEmpty();
}

void noteEdge(const Output &output, const ClusterAnalysis &analysis, const QString &what)
{
    QStringList others;
    for (const models::EdgeInstallation &each : analysis.snapshot->edges) {
        if (each.key() != analysis.view.installation.key())
            others.append(each.key());
    }
    if (!others.isEmpty())
        output.note(
            u"%1 of edge %2; others by --edge: %3"_s.arg(what, edgeName(analysis), others.join(u", "_s)));
}

int wrongUsage(Invocation &invocation, const QString &why)
{
    invocation.output.note(u"sallyportctl: %1; `sallyportctl help` lists the commands"_s.arg(why));
    return WrongUsage;
}

} // namespace app::cli
