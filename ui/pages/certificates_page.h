// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// TLS & certificates: every certificate with its countdown, who uses it, who renews it, and what breaks when
// it ends. Countdowns are read from a clock when they are painted; one timer waits for the next visible
// change.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"

QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)
QT_FORWARD_DECLARE_CLASS(QTabBar)
QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

// What the edge presented to a client that asked for one name: of a handshake, made now.
struct HandshakeAnswer
{
    QString key; // of the row that was asked for
    QDateTime at;
    QString address, serverName, protocol, cipher; // "127.0.0.1:8443", "api.example.com", "TLSv1.3" …
    QList<kube::Certificate> chain;                // leaf first, as it was sent
    int elapsedMs = -1;
    QString error; // what, where, what to do; "" none
};

class Card;
class Chip;
class TablePane;
class TextLabel;
class TextView;

class CertificatesPage : public PageFrame
{
    Q_OBJECT
public:
    explicit CertificatesPage(QWidget *parent = nullptr);
    void setCertificates(models::TableModel<models::CertificateRow> &certificates); // once
    void setHandshake(const HandshakeAnswer &answer); // the answer to checkRequested()
    void setClock(std::function<QDateTime()> now);    // the one that the columns got; default: the system's
    // What this account lacks, by action (app::gui::GuardedAction): Reveal is greyed and says so.
    void setForbidden(const QHash<QString, QString> &forbidden); // "reveal/NAMESPACE/NAME"
    QString currentKey() const;
    void setNamespace(const QString &nameSpace) override;
    QList<QWidget *> panes() const override;
    QList<Command> commands() override;
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

protected:
    bool hasContent() const override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildDetail();
    QWidget *buildHead();
    QWidget *buildParts();
    void showDetail();
    void showHandshake(const models::CertificateRow &row);
    void showImpact(const models::CertificateRow &row);
    void showReveal();
    void showRevealMenu();
    void askToReveal(const models::ObjectRef &secret, const QString &dataKey);
    void tick(); // repaints the countdowns, and waits for the next change
    void countsChanged();

    models::TableModel<models::CertificateRow> *m_certificates = nullptr;
    std::function<QDateTime()> m_now;
    QTimer *m_timer;
    TablePane *m_pane;
    Card *m_detail = nullptr;
    TextLabel *m_title = nullptr, *m_ends = nullptr, *m_valid = nullptr, *m_usedBy = nullptr,
              *m_renewal = nullptr, *m_impact = nullptr;
    Chip *m_chip = nullptr;
    TextLabel *m_live = nullptr;
    TextView *m_chain = nullptr, *m_presented = nullptr;
    void showParts();
    std::optional<bool> m_wantsParts; // by the user; else where the page is high enough
    QWidget *m_partsBox = nullptr;
    QPushButton *m_more = nullptr;
    QTabBar *m_parts = nullptr;
    QStackedWidget *m_stack = nullptr;
    QListView *m_affected = nullptr;
    QStandardItemModel *m_affectedModel = nullptr;
    QPushButton *m_check = nullptr, *m_copy = nullptr, *m_reveal = nullptr;
    QHash<QString, HandshakeAnswer> m_handshakes; // by row, the newest
    QHash<QString, QString> m_forbidden;
    QString m_checking; // the row that is being asked for
};

} // namespace ui
