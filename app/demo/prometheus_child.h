// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The real prometheus program as a child process on 127.0.0.1.  It ends with its parent, whatever ends that.
// Thread: lives on a Qt thread with an event loop; start() and stop() may be called from the mesh's loop, and
// the events come there.
#include "app/demo/world.h"

#include <QObject>
#include <QProcess>
#include <QString>

namespace demo {

// By option, SALLYPORT_PROMETHEUS, ./dev setup's folder beside the build, PATH; "" none, or that it shall be "built-in".
QString findPrometheus(const QString &wanted);
QString prometheusVersion(const QString &program); // "prometheus 2.42.0"; "" if it does not run

class PrometheusChild : public QObject, public PrometheusControl
{
    Q_OBJECT
public:
    PrometheusChild(asio::io_context &loop, QString program, QString folder, QObject *parent = nullptr);
    ~PrometheusChild() override; // ends the child and waits for it
    bool isAvailable() const override { return !m_program.isEmpty(); }
    // A past, in OpenMetrics' text form: it becomes blocks by promtool, which lies beside the program, before Prometheus
    // starts.  False: there is no promtool.  At most once, before start().
    bool seed(const std::string &openMetrics);
    void start(std::string configuration, std::uint16_t port, Events events) override;
    void stop(std::uint16_t port) override;

private:
    struct Job
    {
        std::string configuration;
        std::uint16_t port = 0;
        Events events;
    };
    void dieWithParent(QProcess &process);
    void runPromtool(const QString &program, const QStringList &more);
    void seeded();
    void begin(const Job &job);
    void run();
    void end();
    void readOutput();
    void finished(int code);

    asio::io_context &m_loop;
    QString m_program, m_folder;
    QProcess m_process, m_seeding;
    std::optional<Job> m_waiting; // to be started when the process has ended
    Events m_events;
    std::uint16_t m_port = 0; // of the one that runs
    bool m_ending = false;
};

} // namespace demo
