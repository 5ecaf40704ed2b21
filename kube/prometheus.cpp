// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/prometheus.h"

#include <simdjson.h>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

namespace dom = simdjson::dom;

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }

// Prometheus writes values as texts: "1.5", "NaN", "+Inf", "-Inf".
double number(std::string_view text)
{
    if (text == "NaN")
        return std::numeric_limits<double>::quiet_NaN();
    if (text == "+Inf" || text == "Inf")
        return std::numeric_limits<double>::infinity();
    if (text == "-Inf")
        return -std::numeric_limits<double>::infinity();
    bool isNumber = false;
    const double value = QByteArray(text.data(), qsizetype(text.size())).toDouble(&isNumber);
    return isNumber ? value : std::numeric_limits<double>::quiet_NaN();
}

TimeSeries::Point pointOf(const dom::element &pair) // [seconds since 1970, "value"]
{
    const double seconds = pair.at(0);
    const std::string_view value = pair.at(1);
    return {std::llround(seconds * 1000), number(value)};
}

TimeSeries seriesOf(const dom::element &result)
{
    TimeSeries series;
    dom::object labels;
    if (result["metric"].get(labels) == simdjson::SUCCESS) {
        for (const auto &[name, value] : labels)
            series.labels.insert(QString::fromUtf8(name), QString::fromUtf8(std::string_view(value)));
    }
    dom::element point;
    dom::array points;
    if (result["value"].get(point) == simdjson::SUCCESS)
        series.points.append(pointOf(point));
    else if (result["values"].get(points) == simdjson::SUCCESS)
        for (const dom::element each : points)
            series.points.append(pointOf(each));
    return series;
}

QList<TimeSeries> resultsOf(const dom::element &data)
{
    QList<TimeSeries> results;
    const std::string_view type = data["resultType"];
    const dom::element result = data["result"];
    if (type == "scalar" || type == "string") {
        results.append({{}, {pointOf(result)}});
        return results;
    }
    for (const dom::element each : dom::array(result))
        results.append(seriesOf(each));
    return results;
}

// The server's proxy speaks for two: itself (no such service) and Prometheus (bad query).
Error atPrometheus(Error error, const PrometheusService &service)
{
    if (service.name.isEmpty())
        return error;
    error.message = u"Prometheus at service %1/%2:%3: %4"_s.arg(service.nameSpace, service.name, service.port,
                                                                error.message);
    return error;
}

Result<QList<TimeSeries>> readAnswer(const Result<QByteArray> &body, const PrometheusService &service)
{
    Result<QList<TimeSeries>> series = body ? parsePrometheusAnswer(*body) : tl::unexpected(body.error());
    if (body && !series)
        return tl::unexpected(atPrometheus(series.error(), service));
    return series;
}

} // namespace

double TimeSeries::newest() const
{
    const double value = points.isEmpty() ? 0 : points.constLast().value;
    return std::isfinite(value) ? value : 0;
}

Result<QList<TimeSeries>> parsePrometheusAnswer(const QByteArray &json)
{
    QString why;
    try {
        dom::parser parser;
        const dom::element root = parser.parse(json.constData(), size_t(json.size()));
        if (std::string_view(root["status"]) == "success")
            return resultsOf(root["data"]);
        return failure(Error::Kind::Invalid,
                       u"the query failed: %1"_s.arg(QString::fromUtf8(std::string_view(root["error"]))));
    } catch (const simdjson::simdjson_error &error) {
        why = QString::fromUtf8(error.what());
    }
    return failure(Error::Kind::Protocol, u"the answer is none of Prometheus' HTTP API (%1)"_s.arg(why));
}

Prometheus::Prometheus(Client &client, PrometheusService service)
    : m_client(client)
    , m_service(std::move(service))
{
}

// One step, never a chain: Qt 6.4 looks at the parent of a future's parent, which may be gone by the time that a step is added from
// another thread.  It runs where the answer is finished, on the cluster thread.
template<typename T>
QFuture<Result<T>> Prometheus::ask(const QString &path, std::stop_token stop,
                                   Result<T> (*read)(const Result<QByteArray> &, const PrometheusService &))
{
    const bool isDirect = m_service.name.isEmpty();
    const QString proxied =
        isDirect ? path : serviceProxyPath(m_service.nameSpace, m_service.name, m_service.port, path);
    return m_client.rawGet(proxied, std::move(stop))
        .then([service = m_service, read](const Result<HttpResponse> &answer) -> Result<T> {
            if (!answer)
                return tl::unexpected(atPrometheus(answer.error(), service));
            return read(answer->body, service);
        });
}

QFuture<Result<QByteArray>> Prometheus::api(const QString &path, std::stop_token stop)
{
    return ask<QByteArray>(path, std::move(stop),
                           [](const Result<QByteArray> &body, const PrometheusService &) { return body; });
}

QFuture<Result<QList<TimeSeries>>> Prometheus::query(const QString &promql, std::stop_token stop)
{
    const QString path = u"/api/v1/query?query="_s + encoded(promql);
    return ask<QList<TimeSeries>>(path, std::move(stop), readAnswer);
}

QFuture<Result<QList<TimeSeries>>> Prometheus::queryRange(const QString &promql, const QDateTime &from,
                                                          const QDateTime &to, int stepSeconds,
                                                          std::stop_token stop)
{
    const QString path = u"/api/v1/query_range?query="_s + encoded(promql) + u"&start="_s
        + QString::number(from.toSecsSinceEpoch()) + u"&end="_s + QString::number(to.toSecsSinceEpoch())
        + u"&step="_s + QString::number(stepSeconds);
    return ask<QList<TimeSeries>>(path, std::move(stop), readAnswer);
}

} // namespace kube
