// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is known of one certificate: its dates, who uses and who renews it, the stored and the presented chain, and who is
// hit when it ends; with what can be done about it.  The parts below the tabs give way where the page is low: the tabs
// stay, and a press on one opens it.
#include "models/items/rows.h"
#include "models/resources/connection_state.h"
#include "ui/card.h"
#include "ui/object_action.h"

#include <functional>

QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QStackedWidget)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)
QT_FORWARD_DECLARE_CLASS(QTabBar)

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

class Chip;
class TextLabel;
class TextView;

class CertificateDetail : public Card
{
    Q_OBJECT
public:
    explicit CertificateDetail(QWidget *parent);
    void show(const models::CertificateRow &row, const QDateTime &now);
    using QWidget::show;
    void setConnection(const models::ConnectionState &state); // seen by the next show(), as what follows
    void setHandshake(const HandshakeAnswer &answer);
    void setAsked(bool isAsked) { m_isAsked = isAsked; }           // somebody answers checkRequested()
    void setForbidden(const QString &why) { m_whyNoReveal = why; } // "" Reveal is allowed
    void setFixes(const QStringList &keys, const QString &whyNot); // findings of it that a change ends
    void setRates(std::function<double(const QString &)> rateOf);  // requests a second of "namespace/name"
    void setLow(bool isLow);                                       // the table needs the place
    QList<ObjectAction> actions();                                 // with the certificate that is shown
    void toggleParts();
    bool isOpen() const;
    std::optional<bool> wantsParts() const { return m_wantsParts; }
    void setWantsParts(std::optional<bool> wanted);
    QWidget *currentPart() const;
    void focusChain();
    QString ticket() const; // what a ticket is told

Q_SIGNALS:
    void checkRequested(const QString &key, const QString &serverName);
    void revealRequested(const models::ObjectRef &secret, const QString &dataKey); // after its name was typed
    void fixRequested(const QStringList &findings);
    void followed(const QString &pageId, const QString &target);

private:
    enum Part { Chain, Presented, Impact };
    QWidget *buildHead();
    QLayout *buildFacts();
    void buildParts();
    void showParts();
    void showImpact();
    void showHandshake();
    void showReveal();
    void showRevealMenu();
    QStringList revealableKeys() const; // of its Secret
    QString whyNoReveal() const;        // "" it can be shown
    void askToReveal(const QString &dataKey);
    void check();
    QString handshakeText() const;
    QString impactText() const;
    double hitRate() const; // of all Mappings that are hit; negative: not known

    models::CertificateRow m_row;
    QDateTime m_now;
    models::ConnectionState m_connection;
    bool m_isAsked = false, m_isLow = false;
    QString m_whyNoReveal;
    QStringList m_fixes;
    std::function<double(const QString &)> m_rateOf;
    std::optional<bool> m_wantsParts;             // by the user; else where the page is high enough
    QHash<QString, HandshakeAnswer> m_handshakes; // by row, the newest
    QString m_checking;                           // the row that is being asked for
    TextLabel *m_title = nullptr, *m_valid = nullptr, *m_usedBy = nullptr, *m_renewal = nullptr,
              *m_ends = nullptr, *m_live = nullptr, *m_impact = nullptr;
    Chip *m_chip = nullptr;
    QPushButton *m_check = nullptr, *m_reveal = nullptr, *m_role = nullptr, *m_copy = nullptr,
                *m_fix = nullptr;
    QTabBar *m_tabs = nullptr;
    QStackedWidget *m_stack = nullptr;
    TextView *m_chain = nullptr, *m_presented = nullptr;
    QListView *m_affected = nullptr;
    QStandardItemModel *m_affectedModel = nullptr;
};

} // namespace ui
