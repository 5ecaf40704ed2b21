// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Prometheus' HTTP API, reached through the API server's service proxy with the same account as everything else.
#include "kube/client.h"

#include <QDateTime>
#include <QMap>

namespace kube {

struct TimeSeries
{
    QMap<QString, QString> labels;
    struct Point
    {
        qint64 msecs = 0; // since 1970
        double value = 0; // NaN and infinities are kept
    };
    QList<Point> points;   // an instant query gives one
    double newest() const; // the last point's value; 0 where there is none or it is no finite number
};

struct PrometheusService // where it was found; name "": the client's server is Prometheus itself
{
    QString nameSpace = QStringLiteral("istio-system");
    QString name = QStringLiteral("prometheus");
    QString port = QStringLiteral("9090");
};

class Prometheus
{
public:
    Prometheus(Client &client, PrometheusService service);
    QFuture<Result<QList<TimeSeries>>> query(const QString &promql, std::stop_token stop = {});
    QFuture<Result<QList<TimeSeries>>> queryRange(const QString &promql, const QDateTime &from,
                                                  const QDateTime &to, int stepSeconds,
                                                  std::stop_token stop = {});
    QFuture<Result<QByteArray>> api(const QString &path, std::stop_token stop = {}); // /api/v1/targets …

private:
    template<typename T>
    QFuture<Result<T>> ask(const QString &path, std::stop_token stop,
                           Result<T> (*read)(const Result<QByteArray> &, const PrometheusService &));

    Client &m_client;
    PrometheusService m_service;
};

Result<QList<TimeSeries>> parsePrometheusAnswer(const QByteArray &json);

} // namespace kube
