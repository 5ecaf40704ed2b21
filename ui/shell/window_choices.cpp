// SPDX-License-Identifier: GPL-3.0-or-later
// What can be chosen in MainWindow's top bar: context, namespaces, edge.
#include "models/items/sort_key.h"
#include "ui/ask_dialog.h"
#include "ui/pages/request_page.h"
#include "ui/pages/welcome_page.h"
#include "ui/shell/main_window.h"
#include "ui/shown_text.h"
#include "ui/state_panel.h"
#include "ui/table_pane.h"

#include <algorithm>

namespace ui {

void MainWindow::setContexts(const QList<ContextChoice> &contexts, const QString &current)
{
    QList<ContextChoice> sorted = contexts;
    std::stable_sort(sorted.begin(), sorted.end(), [](const ContextChoice &a, const ContextChoice &b) {
        return models::compareNaturally(a.name.toCaseFolded(), b.name.toCaseFolded()) < 0;
    });
    m_topBar->setContexts(sorted, current);
    m_welcome->setContexts(sorted, current);
}

void MainWindow::warnOfUnverified()
{
    if (!m_connection.isUnverified || m_connection.phase == models::ConnectionState::Phase::NotConnected)
        m_unverified->clear();
    else
        m_unverified->show(
            models::Severity::Error,
            tr("TLS verification is off for %1: whoever stands between can read and change all that is sent, "
               "your credentials too. Put the server's CA in the kubeconfig "
               "(certificate-authority-data) and take insecure-skip-tls-verify out.")
                .arg(shownText(m_connection.context)));
}

void MainWindow::setKubeconfig(const QString &file)
{
    for (TablePane *pane : findChildren<TablePane *>())
        pane->setKubeconfig(file);
}

void MainWindow::setNamespaces(const QStringList &namespaces, bool areAll)
{
    m_topBar->setNamespaces(namespaces, areAll);
}

QStringList MainWindow::chosenNamespaces() const { return m_topBar->chosenNamespaces(); }

void MainWindow::chooseNamespaces(const QStringList &names) { m_topBar->chooseNamespaces(names); }

void MainWindow::askForNamespace()
{
    auto *ask =
        new AskDialog({.title = tr("Another namespace"),
                       .text = tr("The cluster did not list its namespaces to this account, so one that it "
                                  "may read has to be named."),
                       .field = tr("Namespace"),
                       .answer = tr("Show")},
                      this);
    connect(ask, &AskDialog::answered, m_topBar,
            [this](const QString &name) { m_topBar->chooseNamespaces({name}); });
    ask->open();
}

void MainWindow::setEdges(const QList<EdgeChoice> &edges, const QString &current, const EdgeRules &rules)
{
    m_topBar->setEdges(edges, current);
    m_topBar->setRules(rules);
    m_pages.request->setRules(rules);
}

} // namespace ui
