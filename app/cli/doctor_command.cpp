// SPDX-License-Identifier: GPL-3.0-or-later
// doctor: connection_examination.h as a table.
#include "app/cli/command.h"
#include "app/connection_examination.h"

#include <QDir>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using Step = kube::DoctorStep;

Examined examineConnection(Session &session, std::function<void(const Step &)> stepDone)
{
    const SessionOptions &options = session.options();
    ConnectionNotes &notes = session.notes();
    Examination examination;
    examination.sources =
        kube::kubeconfigSources(options.kubeconfig, qEnvironmentVariable("KUBECONFIG"), QDir::homePath());
    examination.context = options.context;
    examination.wantsAllFiles = true; // as every other command does
    examination.stop = options.stop;
    examination.stepDone = std::move(stepDone);
    QUrl server; // known before anything is read from it
    examination.prepare = [&](kube::Connection &connection) {
        notes.prepare(connection, options);
        server = connection.server;
    };
    examination.misfit = [&](const models::Snapshot &snapshot) { return options.misfit(snapshot, server); };
    examination.listen = [&notes](kube::Doctor &doctor) {
        using kube::Doctor;
        QObject::connect(&doctor, &Doctor::warned, &doctor,
                         [&notes](const QString &text) { notes.warned(text); });
        QObject::connect(&doctor, &Doctor::waiting, &doctor,
                         [&notes](const QString &why, int seconds) { notes.waits(why, seconds); });
        QObject::connect(&doctor, &Doctor::signInMessage, &doctor,
                         [&notes](const QString &text) { notes.signIn(text); });
        QObject::connect(&doctor, &Doctor::requestEnded, &doctor,
                         [&notes](const kube::RequestRecord &record) { notes.ended(record); });
    };
    return examine(examination);
}

QString mark(Step::Outcome outcome)
{
    return outcome == Step::Outcome::Passed ? u"✓"_s : outcome == Step::Outcome::Failed ? u"✗"_s : u"-"_s;
}

QList<Cell> row(const Step &step)
{
    const auto severity =
        step.outcome == Step::Outcome::Failed ? models::Severity::Error : models::Severity::Info;
    return {
        {mark(step.outcome), severity}, {step.name}, {QString::number(step.msecs)}, {step.detail, severity}};
}

// The widest that come, so that what is shown first is as wide as what comes last.
Columns doctorColumns(bool hasColour)
{
    Columns columns(hasColour);
    columns.fit(cellsOf({u""_s, u"STEP"_s, u"MS"_s, u"FOUND"_s}));
    columns.fit(cellsOf({mark(Step::Outcome::Passed), u"connections"_s, u"10000"_s, u""_s}));
    return columns;
}

edge::Value report(const QList<Step> &steps)
{
    edge::Value items = edge::Value::array();
    for (const Step &step : steps)
        items.push(edge::Value::object({{"step", value(step.name)},
                                        {"ok", step.outcome == Step::Outcome::Passed},
                                        {"skipped", step.outcome == Step::Outcome::Skipped},
                                        {"ms", int(step.msecs)},
                                        {"found", value(step.detail)}}));
    return edge::Value::object({{"items", std::move(items)}});
}

} // namespace

// Each line of the table comes as soon as its step has ended: what takes long is known by what is not there yet.
int runDoctor(Invocation &invocation)
{
    const Output &output = invocation.output;
    const bool isTable = output.format() == Format::Table;
    const Columns columns = doctorColumns(output.hasColour());
    const auto show = [&output, &columns](const QList<Cell> &cells) {
        output.raw(columns.line(cells).toUtf8());
    };
    if (isTable)
        show(cellsOf({u""_s, u"STEP"_s, u"MS"_s, u"FOUND"_s}));
    const Examined examined = examineConnection(invocation.session,
                                                isTable ? [&show](const Step &step) { show(row(step)); }
                                                        : std::function<void(const Step &)>());
    if (invocation.session.stop().stop_requested())
        return output.fail(u"doctor: given up"_s);
    if (!isTable)
        output.document("DoctorReport", report(examined.steps));
    if (!examined.isConnected)
        return CouldNot;
    return examined.isWell() ? AllWell : BadAnswer;
}

} // namespace app::cli
