// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include "app/cli/kubectl_habits.h"
#include "app/demo/incidents.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

QList<QCommandLineOption> globalOptions()
{
    const auto option = [](const QStringList &names, const char *text, const char *valueName = nullptr,
                           const char *fallback = nullptr) {
        QCommandLineOption result(names, QString::fromLatin1(text),
                                  valueName ? QString::fromLatin1(valueName) : QString());
        if (fallback)
            result.setDefaultValue(QString::fromLatin1(fallback));
        return result;
    };
    return {
        option({u"kubeconfig"_s}, "This kubeconfig alone, instead of $KUBECONFIG or ~/.kube/config.", "FILE"),
        option({u"context"_s}, "The context to use; default: the current one.", "NAME"),
        option({u"n"_s, u"namespace"_s},
               "Only this namespace; with -f also that of manifests that name none, and of the edge where "
               "its Deployment "
               "is not among them (default: default).",
               "NAMESPACE"),
        option({u"A"_s, u"all-namespaces"_s}, "All namespaces (the default of every table)."),
        option({u"edge"_s}, "Which Ambassador installation, where there are several.", "NAMESPACE/NAME"),
        option({u"o"_s, u"output"_s},
               "table, json or yaml; some commands: junit, sarif, markdown, prometheus, wide, name.",
               "FORMAT", "table"),
        option({u"no-color"_s}, "No colours, also on a terminal."),
        option({u"timeout"_s},
               "How long a request may take; where it is given, a program for signing in too.", "TIME",
               "30s"),
        option({u"exec-policy"_s},
               "Programs that the kubeconfig names for signing in: allow, ask before one runs, deny.",
               "POLICY", "allow"),
        option({u"v"_s, u"verbose"_s}, "Show every request to the API server: method, path, status, time."),
        option({u"demo"_s}, "Start a demo cluster for this one command."),
        option({u"state"_s}, "Of the demo cluster: start, guide-done, empty.", "STATE", "start"),
        option({u"cert-life"_s}, "Life of its workload certificates.", "TIME", "10m"),
        option({u"rate"_s}, "Its background requests a second.", "N", "2"),
        option({u"incident"_s},
               "What goes wrong in it from the start; more than once for several, list for their names.",
               "NAME"),
        option({u"scale"_s}, "Fill it up: mappings=10000,pods=10000,events=1000/s,id=EDGE.", "COUNTS"),
        option({u"seed"_s}, "What --scale makes depends on this number alone.", "N", "1"),
        option({u"generation"_s}, "Its line of Istio and Ambassador: 1.4, 1.5 or 3.x.", "LINE", "1.5"),
        option({u"kube-version"_s}, "Of its API server: 1.15, 1.21 or 1.37.", "VERSION", "1.37"),
        option({u"history"_s}, "Seeded past of its Prometheus: 8d, 12h; 0 none.", "TIME", "8d"),
        option({u"h"_s, u"help"_s}, "This help."),
        option({u"version"_s}, "The program's version."),
    };
}

namespace {

Arguments wrong(const QString &why)
{
    Arguments arguments;
    arguments.text = u"sallyportctl: %1; `sallyportctl help` lists the commands"_s.arg(why);
    arguments.exitCode = WrongUsage;
    return arguments;
}

Arguments say(const QString &text)
{
    Arguments arguments;
    arguments.text = text;
    return arguments;
}

// The command is the first word that is neither an option nor an option's value, so every command's options must be known for that.
// `--watch` takes a time with strict and nothing with get: a time is no command.
QString commandName(const QStringList &words)
{
    QCommandLineParser all;
    all.addOptions(globalOptions());
    QStringList known;
    for (const Command &command : commands()) {
        for (const QCommandLineOption &option : command.options) {
            QStringList names = option.names();
            names.removeIf([&known](const QString &name) { return known.contains(name); });
            known += names;
            if (!names.isEmpty())
                all.addOption(QCommandLineOption(names, {}, option.valueName()));
        }
    }
    all.parse(words);
    const QStringList found = all.positionalArguments();
    const auto isTime = [](const QString &word) { return parseDuration(word).has_value(); };
    const auto command = std::find_if_not(found.begin(), found.end(), isTime);
    return command == found.end() ? QString() : *command;
}

constexpr qint64 MaxTimeoutMs = 3'600'000;

QString readGlobals(Arguments &arguments) // why not, "" all well
{
    const QCommandLineParser &parser = *arguments.parser;
    SessionOptions &session = arguments.session;
    session.kubeconfig = parser.value(u"kubeconfig"_s);
    session.context = parser.value(u"context"_s);
    session.nameSpace = parser.value(u"namespace"_s);
    session.allNamespaces = parser.isSet(u"all-namespaces"_s);
    session.edge = parser.value(u"edge"_s);
    const auto timeout = parseDuration(parser.value(u"timeout"_s));
    if (!timeout || timeout->count() < 1 || timeout->count() > MaxTimeoutMs)
        return u"--timeout %1 is no duration from 1ms to 1h; write it as 30s or 2m"_s.arg(
            parser.value(u"timeout"_s));
    session.timeoutMs = int(timeout->count());
    session.isTimeoutChosen = parser.isSet(u"timeout"_s);
    const QString policy = parser.value(u"exec-policy"_s);
    const qsizetype known = QStringList{u"allow"_s, u"ask"_s, u"deny"_s}.indexOf(policy);
    if (known < 0)
        return u"--exec-policy %1 is not known; use allow, ask or deny"_s.arg(policy);
    session.execPolicy = SessionOptions::ExecPolicy(known);
    session.isVerbose = parser.isSet(u"verbose"_s);
    const QString format = parser.value(u"output"_s);
    const QStringList formats = QStringList{u"table"_s, u"json"_s, u"yaml"_s} + arguments.command->reports;
    if (!formats.contains(format))
        return u"-o %1 does not fit %2; use %3%4"_s.arg(format, QLatin1String(arguments.command->name),
                                                        formats.mid(0, formats.size() - 1).join(u", "_s)
                                                            + u" or "_s + formats.constLast(),
                                                        hintForFormat(*arguments.command, format));
    arguments.format = Format(formatNames().indexOf(format));
    if (arguments.format == Format::Wide || arguments.format == Format::Name) // which get looks at itself
        arguments.format = Format::Table;
    arguments.colour = !parser.isSet(u"no-color"_s);
    return {};
}

QString incidentText()
{
    QString text;
    for (const demo::IncidentInfo &incident : demo::incidentTable())
        text += u"%1  %2\n"_s.arg(QLatin1String(incident.name), -29).arg(QLatin1String(incident.what));
    return text.chopped(1);
}

constexpr std::chrono::seconds TourCertLife{20}; // so that the tour sees a rotation

QString readDemo(Arguments &arguments)
{
    const QCommandLineParser &parser = *arguments.parser;
    arguments.wantsDemo = parser.isSet(u"demo"_s) || arguments.command->demo == Command::Demo::Always;
    const auto life = parseDuration(parser.value(u"cert-life"_s));
    if (!life || *life < std::chrono::seconds(5))
        return u"--cert-life %1 is no duration of 5s or more"_s.arg(parser.value(u"cert-life"_s));
    arguments.demo.certLife = std::chrono::duration_cast<std::chrono::seconds>(*life);
    if (QLatin1String(arguments.command->name) == "demo"_L1 && !parser.isSet(u"cert-life"_s))
        arguments.demo.certLife = TourCertLife;
    bool isNumber = false;
    arguments.demo.rate = parser.value(u"rate"_s).toDouble(&isNumber);
    if (!isNumber || arguments.demo.rate < 0 || arguments.demo.rate > 1000)
        return u"--rate %1 is no number from 0 to 1000"_s.arg(parser.value(u"rate"_s));
    const QString state = parser.value(u"state"_s);
    if (state != "start"_L1 && state != "guide-done"_L1 && state != "empty"_L1)
        return u"--state %1 is not known; use start, guide-done or empty"_s.arg(state);
    arguments.demo.state = state.toStdString();
    for (const QString &incident : parser.values(u"incident"_s)) {
        if (!demo::findIncident(incident.toStdString()))
            return u"--incident %1 is not known; --incident list shows them"_s.arg(incident);
        arguments.demo.incidents.push_back(incident.toStdString());
    }
    arguments.demo.scale = parser.value(u"scale"_s).toStdString();
    arguments.demo.seed = parser.value(u"seed"_s).toULongLong(&isNumber);
    if (!isNumber)
        return u"--seed %1 is no whole number"_s.arg(parser.value(u"seed"_s));
    arguments.demo.generation = parser.value(u"generation"_s).toStdString();
    arguments.demo.kubeVersion = parser.value(u"kube-version"_s).toStdString();
    arguments.demo.history = parser.value(u"history"_s).toStdString();
    if (const auto valid = demo::validate(arguments.demo); !valid)
        return QString::fromStdString(valid.error().message);
    if (QLatin1String(arguments.command->name) != "demo-cluster"_L1)
        return {};
    const int port = parser.value(u"port"_s).toInt(&isNumber);
    if (!isNumber || port < 0 || port > 65535)
        return u"--port %1 is no port; give 0 to 65535"_s.arg(parser.value(u"port"_s));
    arguments.demo.port = std::uint16_t(port);
    arguments.demo.kubeconfigOut = parser.value(u"kubeconfig-out"_s).toStdString();
    arguments.untilEof = parser.isSet(u"until-eof"_s);
    return {};
}

// Help that is asked for what a command does not do: edge request --help.
QString strangeAction(const Command &command, const QString &action)
{
    QString known = QString::fromLatin1(command.synopsis).section(u' ', 0, 0); // "run|export", "[show|revert"
    known.remove(u'[').remove(u']');
    const bool isKnown = !known.contains(u'|') || action.isEmpty() || known.split(u'|').contains(action);
    return isKnown ? QString()
                   : u"%1 has no %2; it has %3"_s.arg(QLatin1String(command.name), action,
                                                      known.split(u'|').join(u", "_s));
}

QString surplus(const Arguments &arguments)
{
    const bool takesNone = QByteArrayView(arguments.command->synopsis).isEmpty();
    return takesNone && !arguments.positional.isEmpty() ? u"%1 takes no argument, got '%2'"_s.arg(
               QLatin1String(arguments.command->name), arguments.positional.constFirst())
                                                        : QString();
}

QString readManifestOptions(Arguments &arguments)
{
    for (const QCommandLineOption &option : arguments.command->options) {
        if (!option.names().contains(u"compat"_s)) // manifests in a cluster's place
            continue;
        arguments.session.manifests = arguments.parser->values(u"filename"_s);
        arguments.session.ambassadorId = arguments.parser->value(u"ambassador-id"_s);
        QString &compat = arguments.session.compat;
        compat = arguments.parser->value(u"compat"_s);
        arguments.session.isCompatChosen = !compat.isEmpty();
        if (compat.isEmpty() && !arguments.session.manifests.isEmpty())
            compat = u"v4"_s;
        if (!compat.isEmpty() && !edge::compatFromName(compat.toStdString()))
            return u"--compat %1 is not known; use v1, v2, v3, v4 or a minor version such as v2.2"_s.arg(
                compat);
    }
    return {};
}

} // namespace

std::optional<std::chrono::milliseconds> parseDuration(const QString &text)
{
    static const QRegularExpression part(u"(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)"_s);
    static const QRegularExpression whole(u"^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$"_s);
    if (!whole.match(text).hasMatch())
        return {};
    double total = 0;
    auto parts = part.globalMatch(text);
    while (parts.hasNext()) {
        const auto match = parts.next();
        const QString unit = match.captured(2);
        const double factor = unit == "ms"_L1 ? 1
            : unit == "s"_L1                  ? 1e3
            : unit == "m"_L1                  ? 60e3
            : unit == "h"_L1                  ? 3600e3
                                              : 86400e3;
        total += match.captured(1).toDouble() * factor;
    }
    if (total > 1e12) // thirty years: beyond it nothing here has a meaning, and sums stay far from overflow
        return {};
    return std::chrono::milliseconds(qint64(total));
}

namespace {

// By the parser's own lay-out, without its usage.
QString optionsText(const QString &title, const QList<QCommandLineOption> &options)
{
    if (options.isEmpty())
        return {};
    QCommandLineParser parser;
    parser.addOptions(options);
    return u"\n%1:\n"_s.arg(title) + parser.helpText().section(u"Options:\n"_s, 1).trimmed().prepend(u"  "_s)
        + u'\n';
}

QString helpOf(const Command &command)
{
    const QString name = QLatin1String(command.name);
    const QString call = u"sallyportctl %1 %2"_s.arg(name, QLatin1String(command.synopsis)).trimmed();
    return u"%1: %2\n"_s.arg(call, QLatin1String(command.summary))
        + optionsText(u"Options of %1"_s.arg(name), command.options)
        + optionsText(u"Options of every command"_s, globalOptions());
}

} // namespace

QString helpText()
{
    QString text = u"usage: sallyportctl [options] COMMAND\n\nCommands:\n"_s;
    for (const Command &command : commands()) {
        const QString call =
            u"%1 %2"_s.arg(QLatin1String(command.name), QLatin1String(command.synopsis)).trimmed();
        text += u"  %1  %2\n"_s.arg(call, -36).arg(QLatin1String(command.summary));
    }
    text += u"\nOptions of every command:\n"_s;
    for (const QCommandLineOption &option : globalOptions()) {
        QStringList names;
        for (const QString &name : option.names())
            names.append((name.size() == 1 ? u"-"_s : u"--"_s) + name);
        const QString call =
            names.join(u", "_s) + (option.valueName().isEmpty() ? QString() : u' ' + option.valueName());
        text += u"  %1  %2\n"_s.arg(call, -36).arg(option.description());
    }
    return text
        + u"\n`sallyportctl COMMAND --help` shows a command's own options.  Exit codes: 0 all well, 1 could "
          u"not be done, 2 wrong usage,\n"
          "3 done and the answer is bad."_s;
}

Arguments parseArguments(QStringList words)
{
    for (QString &word : words) {
        if (word == "--dry-run=server"_L1) // kubectl's word for the only one that there is here
            word = u"--dry-run"_s;
        if (word.startsWith("--dry-run="_L1))
            return wrong(
                u"%1 is not known: a dry run is always the server's; write --dry-run, or leave it out"_s.arg(
                    word));
        if (word == "--yes"_L1) // its value is optional, which QCommandLineParser does not know
            word = u"--yes="_s;
        if (word == "--validate"_L1)
            word = u"--validate=strict"_s;
    }
    const QString name = commandName(words);
    if (words.size() < 2 || name == "help"_L1)
        return say(helpText());
    if (name.isEmpty())
        return words.contains(u"--version"_s) ? say(u"sallyportctl " SALLYPORT_VERSION ""_s)
            : words.contains(u"--help"_s) || words.contains(u"-h"_s) ? say(helpText())
                                                                     : wrong(u"a command is missing"_s);
    const Command *command = findCommand(name);
    if (!command)
        return wrong(u"there is no command %1"_s.arg(name));

    Arguments arguments;
    arguments.command = command;
    arguments.parser = std::make_shared<QCommandLineParser>();
    arguments.parser->addOptions(globalOptions());
    arguments.parser->addOptions(command->options);
    if (!arguments.parser->parse(words)) {
        const QString why = arguments.parser->errorText();
        return wrong(why.left(1).toLower() + why.mid(1).chopped(why.endsWith(u'.') ? 1 : 0)
                     + hintForOptions(*command, arguments.parser->unknownOptionNames()));
    }
    if (arguments.parser->isSet(u"help"_s)) {
        if (const QString problem = strangeAction(*command, arguments.parser->positionalArguments().value(1));
            !problem.isEmpty())
            return wrong(problem);
        return say(helpOf(*command).trimmed());
    }
    arguments.positional = arguments.parser->positionalArguments().mid(1);
    if (arguments.parser->values(u"incident"_s).contains(u"list"_s))
        return say(incidentText());
    for (const QString &problem :
         {readGlobals(arguments), readDemo(arguments), surplus(arguments), readManifestOptions(arguments)}) {
        if (!problem.isEmpty())
            return wrong(problem);
    }
    return arguments;
}

} // namespace app::cli
