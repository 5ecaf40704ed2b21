// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// TLS & certificates: every certificate with its countdown, who uses it, who renews it, and what breaks when
// it ends. Countdowns are read from a clock when they are painted; one timer waits for the next visible
// change.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"

QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

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
    void setClock(std::function<QDateTime()> now); // the one that the columns got; default: the system's
    QString currentKey() const;
    void setNamespace(const QString &nameSpace) override;
    QList<QWidget *> panes() const override;
    void focusFilter() override;
    void goTo(const QString &target) override;
    void setCompact(bool compact) override;

Q_SIGNALS:
    void checkRequested(const QString &key); // a live handshake now

protected:
    bool hasContent() const override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildDetail();
    void showDetail();
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
    TextView *m_chain = nullptr;
    QPushButton *m_check = nullptr, *m_copy = nullptr;
};

} // namespace ui
