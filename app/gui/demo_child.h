// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo cluster as a child process: `sallyportctl demo-cluster --until-eof`, the program that lies beside
// this one. It ends with this object (end of file on its standard input, then a kill after three seconds),
// and with this process however it ends.
#include <QProcess>

namespace app::gui {

class DemoChild : public QObject
{
    Q_OBJECT
public:
    explicit DemoChild(QString program, QStringList arguments, QObject *parent = nullptr);
    ~DemoChild() override;
    static QString programBeside(const QString &applicationFolder);
    void start(); // again after it has failed, too

Q_SIGNALS:
    void ready(const QString &kubeconfig); // once a start
    void refused(const QString &why);      // instead of failed(): it does not understand its arguments
    void failed(const QString &message);   // could not be started, or ended by itself: what, and what to do

private:
    void read();
    void fail(const QString &why);
    const QString m_program;
    const QStringList m_arguments;
    QProcess m_process;
    QByteArray m_said;
    bool m_isReady = false;
};

QString kubeconfigOfReadyLine(const QByteArray &line); // "" if it is not that line

} // namespace app::gui
