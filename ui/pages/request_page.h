// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Test a request: which Mapping will serve it and why (while typing, nothing is sent), then the real answer
// and how the serving Mapping was confirmed.  A prediction that was wrong is said as loudly as an error.
#include "models/analysis/prediction.h"
#include "ui/edge_rules.h"
#include "ui/page_frame.h"

QT_FORWARD_DECLARE_CLASS(QComboBox)
QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QPlainTextEdit)
QT_FORWARD_DECLARE_CLASS(QScrollArea)
QT_FORWARD_DECLARE_CLASS(QTabBar)
QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

class Card;
class Chip;
class StepList;
class TextLabel;
class TextView;

struct Way // where a request can be sent through
{
    QString via, name; // RequestSpec::via and what it is called: "through the cluster's edge"
    bool operator==(const Way &) const = default;
};

class RequestPage : public PageFrame
{
    Q_OBJECT
public:
    explicit RequestPage(QWidget *parent = nullptr);
    void setWays(const QList<Way> &ways);
    void setEdgeAddress(const QUrl &address); // what a path alone is resolved against; "" none is known
    void
    setRules(const EdgeRules &rules); // of the edge that is asked: beside each prediction, to be chosen there
    void setRequest(const QString &method, const QUrl &url); // asks for a prediction as if typed
    void setPrediction(const models::Prediction &prediction);
    void setSending(bool sending);
    void setOutcome(const models::RequestOutcome &outcome);
    models::RequestSpec request() const;
    QString asCurl() const;
    void forget() override; // what was typed stays
    void setConnection(const models::ConnectionState &state) override;
    QList<QWidget *> panes() const override;
    void focusFilter() override;               // the URL
    void goTo(const QString &target) override; // a URL
    QList<Command> commands() override;        // the rules

Q_SIGNALS:
    void predictionWanted(const models::RequestSpec &request); // debounced; also when the edge's view has
                                                               // changed is up to the caller
    void sendRequested(const models::RequestSpec &request);
    void rulesChosen(const QString &name); // "" as the image says

protected:
    bool hasContent() const override;

private:
    QWidget *buildComposer();
    QWidget *buildHeaders();
    Card *buildPrediction();
    Card *buildAnswer();
    void edited();
    void send();
    void showCandidates(const models::Prediction &prediction);
    void showAnswerPart();

    QComboBox *m_method = nullptr, *m_way = nullptr;
    QLineEdit *m_url = nullptr;
    QPlainTextEdit *m_headers = nullptr;
    QPushButton *m_send = nullptr, *m_headersButton = nullptr, *m_rulesButton = nullptr;
    EdgeRules m_rules;
    QTimer *m_debounce;
    Card *m_predictionCard = nullptr, *m_answerCard = nullptr;
    TextLabel *m_predictionSide = nullptr, *m_predictionText = nullptr, *m_answerTitle = nullptr,
              *m_answerTimes = nullptr, *m_answerText = nullptr;
    StepList *m_steps = nullptr;
    Chip *m_confirmed = nullptr;
    QTabBar *m_parts = nullptr;
    TextView *m_body = nullptr;
    QScrollArea *m_scroll = nullptr;
    models::RequestOutcome m_outcome;
    bool m_wasConnected = false;
    QUrl m_edgeAddress;
    int m_predictedStatus = 0;    // of the edge itself; 0: a Mapping serves it
    bool m_hasPrediction = false; // of a URL that was whole
};

} // namespace ui
