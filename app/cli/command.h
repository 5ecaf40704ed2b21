// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One command of sallyportctl: its name, its own options, and the function that runs it on the worker thread.
// A command returns an exit code: 0 all well, 1 could not be done, 2 wrong usage, 3 done and the answer is bad.
#include "app/cli/output.h"
#include "app/cli/session.h"

#include <QCommandLineOption>
#include <QCommandLineParser>

#include <vector>

namespace app::cli {

enum ExitCode { AllWell = 0, CouldNot = 1, WrongUsage = 2, BadAnswer = 3 };

struct Invocation
{
    const QCommandLineParser &parser;
    QStringList arguments; // after the command's name
    Output &output;
    Session &session;
};

struct Command
{
    enum class Demo {
        IfAsked,
        Always
    }; // Always: the command is about a demo cluster, which is started for it
    const char *name;
    const char *synopsis; // its arguments
    const char *summary;
    QList<QCommandLineOption> options;
    int (*run)(Invocation &);
    Demo demo = Demo::IfAsked;
    QStringList reports = {}; // formats of -o beside table, json and yaml
};

const std::vector<Command> &commands();
const Command *findCommand(const QString &name);

// What an answer is about: "context demo", "manifests in shop/".
QString subjectOf(const Session &session);

// What the edge refuses or does not understand in manifests, on standard error: file, document, object, field.  The rest counts.
void noteMisfits(const Output &output, const edge::Config &config, const ManifestSet &manifests);
void noteMisfits(const Invocation &invocation,
                 const ClusterAnalysis &analysis); // of -f; of a cluster nothing

// Of an installation: "ambassador/ambassador"; "" of manifests that hold none.
QString edgeName(const ClusterAnalysis &analysis);
// None of the edges looks at this object of getambassador.io; false where there is no edge that could.
bool isTakenByNone(const ClusterAnalysis &analysis, const edge::Value &object);
// Whose answer or table it is, where there are several edges: "this is the answer" of edge …; others by --edge.
void noteEdge(const Output &output, const ClusterAnalysis &analysis, const QString &what);

// Prints why, and the command's usage; 2.
int wrongUsage(Invocation &invocation, const QString &why);

int runContexts(Invocation &invocation);
int runEdges(Invocation &invocation);
int runMappings(Invocation &invocation);
int runHosts(Invocation &invocation);
int runTlsContexts(Invocation &invocation);
int runListeners(Invocation &invocation);
int runExplain(Invocation &invocation);
int runRequestCommand(Invocation &invocation);
int runCerts(Invocation &invocation);
int runPosture(Invocation &invocation);
int runGuide(Invocation &invocation);
int runCheck(Invocation &invocation);
int runFix(Invocation &invocation);
int runStrictCommand(Invocation &invocation);
int runPreflight(Invocation &invocation);
int runExplainFinding(Invocation &invocation);
int runJournal(Invocation &invocation);
int runEdge(Invocation &invocation);
int runDemoCluster(Invocation &invocation);
int runDemo(Invocation &invocation);
int runDoctor(Invocation &invocation);
int runGet(Invocation &invocation);
int runApply(Invocation &invocation);
int runEdit(Invocation &invocation);
int runLogs(Invocation &invocation);
int runPortForward(Invocation &invocation);

} // namespace app::cli
