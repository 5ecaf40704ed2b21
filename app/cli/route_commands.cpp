// SPDX-License-Identifier: GPL-3.0-or-later
// explain and request: what the edge will do with a URL, and what it did.
#include "app/cli/command.h"
#include "app/cli/finding_reports.h"
#include "app/edge_access.h"
#include "app/request_run.h"
#include "kube/url_text.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

struct Asked
{
    models::RequestSpec spec;
    QString problem;
};

// Wrong usage is said before anything is connected to; "" it is right.
QString countProblem(const Invocation &invocation)
{
    const auto count = invocation.arguments.size();
    return count == 1 ? QString() : u"one URL is needed, got %1"_s.arg(count);
}

// "/backend/" and "host/path" are taken as people mean them: on the chosen edge, plain HTTP.
Asked askedRequest(const Invocation &invocation, const ClusterAnalysis &analysis)
{
    Asked asked;
    QString text = invocation.arguments[0];
    if (text.startsWith(u'/')) {
        const QString base =
            analysis.hasEdge ? edgeUrl(*analysis.snapshot, analysis.view.installation, false) : QString();
        text.prepend(base.isEmpty() ? u"http://edge.example"_s : base);
    } else if (!text.contains("://"_L1)) {
        text.prepend(u"http://"_s);
    }
    asked.spec.url = models::urlAsTyped(text);
    asked.spec.target = models::targetAsTyped(text);
    const QString typed = asked.spec.url.isValid() && asked.spec.url.userInfo().isEmpty()
        ? invocation.arguments[0]
        : kube::withoutUserInfo(invocation.arguments[0]);
    if (!asked.spec.url.isValid() || asked.spec.url.host().isEmpty()
        || (asked.spec.url.scheme() != "http"_L1 && asked.spec.url.scheme() != "https"_L1))
        return {{},
                u"%1 is no http or https URL%2"_s.arg(
                    typed, typed.contains(u' ') ? u": write a space as %20"_s : QString())};
    if (text != invocation.arguments[0]) // as curl does, but it is said
        invocation.output.note(
            u"%1 has no scheme: taken for %2"_s.arg(typed, asked.spec.url.toString(QUrl::RemoveUserInfo)));
    asked.spec.method = invocation.parser.value(u"method"_s); // letter case counts (RFC 9110)
    for (const QString &header : invocation.parser.values(u"header"_s)) {
        const qsizetype colon = header.indexOf(u':');
        if (colon <= 0 || header.contains(u'\n') || header.contains(u'\r'))
            return {{}, u"-H '%1' is no header; write 'Name: value'"_s.arg(header.simplified())};
        asked.spec.headers.append({header.left(colon).trimmed(), header.mid(colon + 1).trimmed()});
    }
    return asked;
}

// In which order routes are asked is the reason where no condition failed.
QString whyNot(const edge::Candidate &candidate)
{
    if (candidate.chosen)
        return {};
    if (candidate.matched && candidate.share > 0)
        return u"serves %1 % of such requests"_s.arg(qRound(candidate.share * 100));
    if (candidate.matched)
        return u"matches too, but an earlier one is taken"_s;
    return u"%1: wants %2, has %3"_s.arg(QString::fromStdString(candidate.failedCondition),
                                         orDash(QString::fromStdString(candidate.expected)),
                                         orDash(QString::fromStdString(candidate.actual)));
}

edge::Value document(const models::Prediction &prediction, const ClusterAnalysis &analysis,
                     const ManifestSet &manifests)
{
    edge::Value steps = edge::Value::array();
    edge::Value weights = edge::Value::array();
    edge::Value findings = edge::Value::array();
    edge::Value candidates = edge::Value::array();
    for (const models::PredictionStep &step : prediction.steps)
        steps.push(edge::Value::object({{"title", value(step.title)},
                                        {"text", value(step.text)},
                                        {"side", value(step.side)},
                                        {"severity", severityName(step.severity)}}));
    for (const models::MappingShare &one : prediction.shares)
        weights.push(edge::Value::object({{"mapping", value(one.mapping)}, // "" nobody: the edge answers 404
                                          {"share", one.share}}));         // 0 to 1
    for (const models::Finding &finding : prediction.findings)
        findings.push(findingDocument(finding, manifests));
    for (const models::Finding &finding :
         manifests.findings) // what this was judged without, or a second of a name
        findings.push(findingDocument(finding, manifests));
    for (const edge::Candidate &candidate : prediction.candidates + prediction.otherHosts)
        candidates.push(edge::Value::object({{"kind", candidate.mapping.kind},
                                             {"namespace", candidate.mapping.nameSpace},
                                             {"name", candidate.mapping.name},
                                             {"path", candidate.path},
                                             {"matched", candidate.matched},
                                             {"chosen", candidate.chosen},
                                             {"failedCondition", candidate.failedCondition},
                                             {"expected", candidate.expected},
                                             {"actual", candidate.actual},
                                             {"why", value(whyNot(candidate))}, // "" of the chosen one
                                             {"share", candidate.share}}));     // 0 to 1
    return edge::Value::object({{"edge", value(edgeName(analysis))},
                                {"mapping", value(prediction.mapping)},
                                {"cluster", value(prediction.cluster)},
                                {"upstream", value(prediction.upstream)},
                                {"rewrittenPath", value(prediction.rewrittenPath)},
                                {"location", value(prediction.location)},
                                {"status", prediction.status},
                                {"reason", value(prediction.reason)},
                                {"compat", value(prediction.compat)},
                                {"compatGuessed", prediction.isCompatGuessed},
                                {"weights", std::move(weights)}, // empty: one answer gets all
                                {"findings", std::move(findings)},
                                {"steps", std::move(steps)},
                                {"candidates", std::move(candidates)}});
}

// A Mapping has up to two routes beside each other, one of them for https alone: they are one row where they lose for
// the same reason.
Table candidateTable(const QList<edge::Candidate> &candidates)
{
    Table table{{u""_s, u"CANDIDATE"_s, u"PATH"_s, u"WHY NOT"_s}, {}};
    QStringList last;
    const edge::Candidate *chosen = nullptr;
    for (const edge::Candidate &candidate : candidates) {
        if (candidate.chosen)
            chosen = &candidate;
        else if (chosen && candidate.matched && candidate.mapping == chosen->mapping)
            continue; // its other route
        const QString name = candidate.mapping.kind.empty()
            ? u"(the edge's own)"_s
            : QString::fromStdString(candidate.mapping.nameSpace + "/" + candidate.mapping.name);
        const QStringList row{candidate.chosen ? u"->"_s : QString(), name,
                              QString::fromStdString(candidate.path), whyNot(candidate)};
        if (row != std::exchange(last, row))
            table.rows.append({{row[0]}, {row[1]}, {row[2]}, {row[3]}});
    }
    return table;
}

void printPrediction(const Output &output, const models::Prediction &prediction,
                     const ClusterAnalysis &analysis)
{
    output.line(
        output.painted(prediction.mapping.isEmpty() ? u"no Mapping serves this request"_s
                                                    : u"Mapping "_s + prediction.mapping,
                       prediction.mapping.isEmpty() ? models::Severity::Error : models::Severity::Good)
        + (prediction.reason.isEmpty() ? QString() : u": "_s + prediction.reason)
        + u"  (compat %1%2)"_s.arg(prediction.compat,
                                   prediction.isCompatGuessed ? u", a guess: the image names no version"_s
                                                              : QString())
        + (edgeName(analysis).isEmpty() ? QString() : u"  by edge "_s + edgeName(analysis)));
    for (const models::PredictionStep &step : prediction.steps)
        output.line(u"  %1 %2%3"_s.arg(step.title, -10)
                        .arg(step.text, step.side.isEmpty() ? QString() : u"  ("_s + step.side + u')'));
    if (prediction.candidates.isEmpty() && prediction.otherHosts.isEmpty())
        return;
    output.line({});
    output.table(candidateTable(prediction.candidates + prediction.otherHosts));
}

void printOutcome(const Invocation &invocation, const models::RequestOutcome &outcome)
{
    const Output &output = invocation.output;
    const auto severity = outcome.status >= 500 ? models::Severity::Error
        : outcome.status >= 400                 ? models::Severity::Warning
                                                : models::Severity::Good;
    output.line(u"\n%1  in %2 ms%3"_s.arg(
        output.painted(u"%1 %2"_s.arg(QString::number(outcome.status), outcome.reason).trimmed(), severity),
        QString::number(outcome.totalMs, 'f', 1), outcome.tls.isEmpty() ? QString() : u"  "_s + outcome.tls));
    if (invocation.parser.isSet(u"include"_s)) {
        for (const auto &[name, text] : outcome.headers)
            output.line(u"%1: %2"_s.arg(name, text));
        output.line({});
    }
    output.line(QString::fromUtf8(outcome.body).trimmed());
    output.line(u"\nprediction %1%2"_s.arg(
        outcome.predictionHeld ? output.painted(u"held"_s, models::Severity::Good)
                               : output.painted(u"was wrong"_s, models::Severity::Error),
        outcome.confirmedBy.isEmpty() ? u"; the serving Mapping was not confirmed"_s
                                      : u"; "_s + outcome.confirmedBy));
}

edge::Value document(const models::RequestOutcome &outcome)
{
    edge::Value headers = edge::Value::array();
    for (const auto &[name, text] : outcome.headers)
        headers.push(edge::Value::object({{"name", value(name)}, {"value", value(text)}}));
    return edge::Value::object({{"status", outcome.status},
                                {"headers", std::move(headers)},
                                {"body", value(QString::fromUtf8(outcome.body))},
                                {"tls", value(outcome.tls)},
                                {"totalMs", outcome.totalMs},
                                {"servedBy", value(outcome.servedBy)},
                                {"confirmedBy", value(outcome.confirmedBy)},
                                {"predictionHeld", outcome.predictionHeld}});
}

} // namespace

int runExplain(Invocation &invocation)
{
    if (const QString problem = countProblem(invocation); !problem.isEmpty())
        return wrongUsage(invocation, problem);
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const Asked asked = askedRequest(invocation, **analysis);
    if (!asked.problem.isEmpty())
        return wrongUsage(invocation, asked.problem);
    if (!(*analysis)->hasEdge)
        return invocation.output.fail(whyNoEdge(*(*analysis)->snapshot) + u", or explain manifests by -f"_s);
    const models::Prediction prediction =
        models::predict((*analysis)->view, *(*analysis)->snapshot, asked.spec);
    noteMisfits(invocation, **analysis);
    noteEdge(invocation.output, **analysis, u"this is the answer"_s);
    if (invocation.output.format() == Format::Table)
        printPrediction(invocation.output, prediction, **analysis);
    else
        invocation.output.document("Explanation",
                                   document(prediction, **analysis, invocation.session.manifests()));
    return prediction.mapping.isEmpty() ? BadAnswer : AllWell;
}

int runRequestCommand(Invocation &invocation)
{
    for (const QString &problem : {countProblem(invocation), wayProblem(invocation.parser.value(u"via"_s))}) {
        if (!problem.isEmpty())
            return wrongUsage(invocation, problem);
    }
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    Asked asked = askedRequest(invocation, **analysis);
    if (!asked.problem.isEmpty())
        return wrongUsage(invocation, asked.problem);
    asked.spec.via = invocation.parser.value(u"via"_s);
    asked.spec.body = invocation.parser.value(u"data"_s).toUtf8();
    const models::Prediction prediction =
        models::predict((*analysis)->view, *(*analysis)->snapshot, asked.spec);
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const models::RequestOutcome outcome =
        runRequest({*client, &invocation.session.edge()}, **analysis, asked.spec, prediction,
                   invocation.session.options().timeoutMs, invocation.session.stop());
    if (!outcome.error.isEmpty())
        return invocation.output.fail(outcome.error);
    if (invocation.output.format() == Format::Table) {
        printPrediction(invocation.output, prediction, **analysis);
        printOutcome(invocation, outcome);
    } else {
        invocation.output.document(
            "Request",
            edge::Value::object(
                {{"prediction", document(prediction, **analysis, invocation.session.manifests())},
                 {"outcome", document(outcome)}}));
    }
    return outcome.predictionHeld ? AllWell : BadAnswer;
}

} // namespace app::cli
