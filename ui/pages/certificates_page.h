// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// TLS & certificates: every certificate with its countdown, who uses it, who renews it, and what breaks when
// it ends. Countdowns are read from a clock when they are painted; one timer waits for the next visible
// change.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/certificate_detail.h"
#include "ui/page_frame.h"

QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

class FixIndex;
class TablePane;

class CertificatesPage : public PageFrame
{
    Q_OBJECT
public:
    explicit CertificatesPage(QWidget *parent = nullptr);
    void setCertificates(models::TableModel<models::CertificateRow> &certificates); // once
    void setHandshake(const HandshakeAnswer &answer); // the answer to checkRequested()
    void setClock(std::function<QDateTime()> now);    // the one that the columns got; default: the system's
    void
    setFindings(const models::TableModel<models::FindingRow> &findings); // once: which it can offer to mend
    void setRates(
        std::function<double(const QString &)> rateOf); // requests a second of a Mapping, negative: not known
    // What this account lacks, by action (app::gui::GuardedAction): Reveal and Fix are greyed and say so.
    void setForbidden(const QHash<QString, QString> &forbidden); // "reveal/NAMESPACE/NAME", "fix/KEY"
    void setConnection(const models::ConnectionState &state) override;
    QString currentKey() const;
    void setNamespaces(const QStringList &names) override;
    QList<QWidget *> panes() const override;
    QList<Command> commands() override;
    QList<ObjectAction> objectActions() override;
    void focusFilter() override;
    void
    goTo(const QString &target) override; // a row's key, "namespace/name" of where it is stored, or a filter
    void setCompact(bool compact) override;
    void toggleDetails() override; // chain, presented chain and impact
    QStringList detailState() const override;
    void restoreDetailState(const QStringList &state) override;

Q_SIGNALS:
    void checkRequested(const QString &key, const QString &serverName); // a live handshake now
    // One value of one Secret, after a confirmation; the answer is a SecretDialog.
    void revealRequested(const models::ObjectRef &secret, const QString &dataKey);
    void fixRequested(const QStringList &findings); // their keys

protected:
    bool hasContent() const override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void buildSwitches();
    void groupBy(const QString &column); // its id; "": nothing, the most urgent first
    void applyScope();
    void showDetail();
    void showFixes(const models::CertificateRow &row);
    void tick(); // repaints the countdowns, and waits for the next change
    void countsChanged();

    models::TableModel<models::CertificateRow> *m_certificates = nullptr;
    std::function<QDateTime()> m_now;
    QTimer *m_timer;
    TablePane *m_pane;
    CertificateDetail *m_detail;
    FixIndex *m_fixes;
    QList<QPair<QString, QPushButton *>> m_areas; // by the column's word
    QPushButton *m_group = nullptr;
    QString m_groupColumn;
    QStringList m_namespaces; // that are looked at; {}: all
    QHash<QString, QString> m_forbidden;
    QHash<QString, models::Severity> m_urgencies; // by row, as it was sorted
};

} // namespace ui
