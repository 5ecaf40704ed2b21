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

Examined examineConnection(Session &session)
{
    const SessionOptions &options = session.options();
    ConnectionNotes &notes = session.notes();
    Examination examination;
    examination.sources =
        kube::kubeconfigSources(options.kubeconfig, qEnvironmentVariable("KUBECONFIG"), QDir::homePath());
    examination.context = options.context;
    examination.wantsAllFiles = true; // as every other command does
    examination.stop = options.stop;
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

} // namespace

int runDoctor(Invocation &invocation)
{
    const auto isFailed = [](const Step &step) { return step.outcome == Step::Outcome::Failed; };
    const Examined examined = examineConnection(invocation.session);
    if (invocation.session.stop().stop_requested())
        return invocation.output.fail(u"doctor: given up"_s);
    Table table{{u""_s, u"STEP"_s, u"MS"_s, u"FOUND"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const Step &step : examined.steps) {
        const auto severity = isFailed(step) ? models::Severity::Error : models::Severity::Info;
        table.rows.append({{mark(step.outcome), severity},
                           {step.name},
                           {QString::number(step.msecs)},
                           {step.detail, severity}});
        items.push(edge::Value::object({{"step", value(step.name)},
                                        {"ok", step.outcome == Step::Outcome::Passed},
                                        {"skipped", step.outcome == Step::Outcome::Skipped},
                                        {"ms", int(step.msecs)},
                                        {"found", value(step.detail)}}));
    }
    if (invocation.output.format() == Format::Table)
        invocation.output.table(table);
    else
        invocation.output.document("DoctorReport", edge::Value::object({{"items", std::move(items)}}));
    if (!examined.isConnected)
        return CouldNot;
    return examined.isWell() ? AllWell : BadAnswer;
}

} // namespace app::cli
