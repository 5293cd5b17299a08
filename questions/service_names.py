"""Names of services that a question must not use any more, and why. A row is enough for a new one.

As known on 2026-11-24; a name is worth a look when it is met. "Closed" is closed to new
customers.
"""

import re
from collections.abc import Iterator

_RENAMED = {
    # Features keep their names: SageMaker Feature Store, SageMaker Python SDK.
    r"(?:Amazon )?SageMaker\b(?! AI\b)(?! [A-Z])": "SageMaker AI",
    r"Kinesis (?:Data )?Firehose": "Amazon Data Firehose",
    r"Kinesis Data Analytics for Apache Flink": "Amazon Managed Service for Apache Flink",
    r"(?:Amazon )?QuickSight": "Amazon Quick Sight",
    r"Amazon Elasticsearch Service": "Amazon OpenSearch Service",
    r"AWS Single Sign-On|AWS SSO": "AWS IAM Identity Center",
}
_CLOSED = (
    r"Kinesis Data Analytics(?! for Apache Flink)",
    r"Amazon Forecast",
    r"(?:Amazon )?Fraud Detector",
    r"(?:Amazon )?Lookout for (?:Vision|Equipment|Metrics)",
    r"(?:Amazon )?Elastic Inference",
    r"Amazon Machine Learning",
    r"AWS Data Pipeline",
    r"(?:AWS )?DeepRacer",
    r"(?:AWS )?DeepLens",
    r"(?:AWS )?RoboMaker",
    r"(?:AWS )?Cloud9",
    r"(?:AWS )?CodeCommit",
    r"(?:AWS )?CodeStar\b(?! Connections)",
    r"(?:Amazon )?S3 Select",
    r"(?:Amazon )?QLDB|Quantum Ledger Database",
    r"(?:AWS )?OpsWorks",
    r"(?:AWS )?Snowmobile",
    r"SageMaker (?:AI )?(?:Debugger|Clarify|Ground Truth|Edge Manager|Studio Classic|Studio Lab)",
    r"Model Monitor",
    r"Amazon (?:Augmented AI|A2I)",
    r"Comprehend (?:topic modeling|event detection|prompt safety)",
)
_REASONS = (
    *((re.compile(rf"\b(?:{name})\b"), f"is named {now} now") for name, now in _RENAMED.items()),
    *((re.compile(rf"\b(?:{name})\b"), "is closed or gone") for name in _CLOSED),
)


def stale_names(text: str) -> Iterator[tuple[str, str]]:
    """The names in the text that are stale, as written, each with the reason."""
    for pattern, reason in _REASONS:
        for found in dict.fromkeys(match[0] for match in pattern.finditer(text)):
            yield found, reason
