/** The columns that our queries may use, by table, as Azure Monitor documents them. */
export const LOG_TABLES: Readonly<Record<string, string>> = {
  AppTraces:
    'TimeGenerated: datetime, Message: string, SeverityLevel: int, Properties: dynamic, ItemCount: int, OperationName: string, OperationId: string, AppRoleName: string, AppRoleInstance: string',
  AppRequests:
    'TimeGenerated: datetime, Name: string, OperationName: string, OperationId: string, Success: bool, ResultCode: string, DurationMs: real, Properties: dynamic, ItemCount: int, AppRoleName: string',
  AppMetrics:
    'TimeGenerated: datetime, Name: string, Sum: real, Min: real, Max: real, ItemCount: int, Properties: dynamic, OperationName: string, AppRoleName: string, AppRoleInstance: string',
  AppDependencies:
    'TimeGenerated: datetime, Id: string, ParentId: string, OperationId: string, Name: string, DependencyType: string, Target: string, ResultCode: string, Success: bool, DurationMs: real, Properties: dynamic, ItemCount: int, OperationName: string, AppRoleName: string',
  AppExceptions:
    'TimeGenerated: datetime, ProblemId: string, ExceptionType: string, OuterMessage: string, SeverityLevel: int, Properties: dynamic, ItemCount: int, OperationName: string, AppRoleName: string',
  AzureMetrics:
    'TimeGenerated: datetime, ResourceId: string, ResourceProvider: string, Resource: string, MetricName: string, Total: real, Count: real, Maximum: real, Minimum: real, Average: real, UnitName: string',
  Usage:
    'TimeGenerated: datetime, DataType: string, Quantity: real, QuantityUnit: string, IsBillable: bool, Solution: string',
  ACSBillingUsage:
    'TimeGenerated: datetime, RecordId: string, UsageType: string, UnitType: string, Quantity: real, ParticipantId: string, OperationName: string',
  ACSEmailSendMailOperational:
    'TimeGenerated: datetime, OperationName: string, CorrelationId: string, Size: real, ToRecipientsCount: int, UniqueRecipientsCount: int, AttachmentsCount: int',
};
