// SPDX-License-Identifier: GPL-3.0-or-later
// logs: the log of a container, for as long as the command runs.
#include "app/cli/arguments.h"
#include "app/cli/cluster_task.h"
#include "app/cli/log_target.h"
#include "kube/log_stream.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

class LogTask : public ClusterTask
{
public:
    LogTask(const Invocation &invocation, kube::Client &client, const QString &nameSpace, const QString &pod,
            const kube::LogOptions &options)
        : m_output(invocation.output)
        , m_hasTimes(invocation.parser.isSet(u"timestamps"_s))
        , m_log(client.transport(), nameSpace, pod, options)
    {
        connect(&m_log, &kube::LogStream::arrived, this, &LogTask::show);
        connect(&m_log, &kube::LogStream::reconnecting, this,
                [this](const QString &why) { m_output.note(u"note: %1; reading on soon"_s.arg(why)); });
        connect(&m_log, &kube::LogStream::ended, this,
                [this](const QString &why) { end(why.isEmpty() ? int(AllWell) : m_output.fail(why)); });
    }
    void start() override { m_log.start(); }

private:
    void show(const QList<kube::LogLine> &lines)
    {
        for (const kube::LogLine &line : lines) {
            const QString text = line.text.endsWith(u'\r') ? line.text.chopped(1) : line.text;
            if (m_output.format() != Format::Table)
                m_output.streamed("LogLine",
                                  edge::Value::object({{"time", value(line.time)}, {"text", value(text)}}));
            else
                m_output.line(
                    printable(m_hasTimes && !line.time.isEmpty() ? QString(line.time + u' ' + text) : text));
        }
    }

    const Output &m_output;
    bool m_hasTimes;
    kube::LogStream m_log;
};

// What is wrong with the options; "" nothing.
QString readOptions(const QCommandLineParser &parser, kube::LogOptions &options)
{
    options.container = parser.value(u"container"_s);
    options.follow = parser.isSet(u"follow"_s);
    options.previous = parser.isSet(u"previous"_s);
    bool isNumber = false;
    options.tailLines = parser.value(u"tail"_s).toInt(&isNumber);
    if (!isNumber || options.tailLines < -1)
        return u"--tail %1 is no number of lines; -1 is all"_s.arg(parser.value(u"tail"_s));
    if (!parser.isSet(u"since"_s))
        return {};
    const auto since = parseDuration(parser.value(u"since"_s));
    if (!since || since->count() < 1000)
        return u"--since %1 is no duration of 1s or more; write it as 30s, 5m or 2h"_s.arg(
            parser.value(u"since"_s));
    options.sinceSeconds = int(since->count() / 1000);
    return {};
}

} // namespace

int runLogs(Invocation &invocation)
{
    const QString text = invocation.arguments.value(0);
    if (invocation.arguments.size() != 1 || !isLogTarget(text))
        return wrongUsage(invocation, u"logs needs one POD, or a workload such as deploy/NAME"_s);
    kube::LogOptions options;
    if (const QString why = readOptions(invocation.parser, options); !why.isEmpty())
        return wrongUsage(invocation, why);
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const QString nameSpace = invocation.session.nameSpaceOfOne(**client);
    const auto target = findLogTarget(invocation.session, **client, nameSpace, text, options.container);
    if (!target)
        return invocation.output.fail(target.error().message);
    if (!target->note.isEmpty())
        invocation.output.note(printable(target->note));
    options.container = target->container;
    return runOnCluster(invocation, **client, [&] {
        return std::make_unique<LogTask>(invocation, **client, nameSpace, target->pod, options);
    });
}

} // namespace app::cli
